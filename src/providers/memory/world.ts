import type {LeaseId} from '../../core/ids.js'

/** The files of a workdir: paths relative to it, and their bytes. */
export type Tree = Map<string, Buffer>

/** All that a memory provider holds. Nothing of it outlives the process. */
export interface MemoryWorld {
  readonly leases: Map<LeaseId, Tree>
  /** Saved trees by the artifact's `reference`. */
  readonly snapshots: Map<string, Tree>
  /** What the last restore into a lease replaced, and what replaced it. */
  readonly replaced: Map<LeaseId, {readonly tree: Tree; readonly by: string}>
}

export const emptyWorld = (): MemoryWorld => ({leases: new Map(), snapshots: new Map(), replaced: new Map()})

export const copyTree = (tree: Tree): Tree => new Map([...tree].map(([path, bytes]) => [path, Buffer.from(bytes)]))

export const bytesOf = (tree: Tree): number => [...tree.values()].reduce((sum, bytes) => sum + bytes.length, 0)
