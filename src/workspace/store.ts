import {statePaths} from '../state/paths.js'

/** Where the engine keeps what it stores. All are absolute directories below the state directory. */
export interface ArchiveStore {
  readonly layers: string
  readonly manifests: string
  readonly baselines: string
}

export const archiveStore = (stateDir: string): ArchiveStore => {
  const {layers, manifests, baselines} = statePaths(stateDir)
  return {layers, manifests, baselines}
}
