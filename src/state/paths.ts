import {mkdir} from 'node:fs/promises'
import {homedir} from 'node:os'
import {isAbsolute, join} from 'node:path'

import {configError} from '../core/errors.js'
import {stateError} from './files.js'

/** Absolute paths of everything in a state directory. */
export interface StatePaths {
  readonly catalog: string
  readonly leases: string
  readonly layers: string
  readonly manifests: string
  readonly baselines: string
  /** What `run` last synced to each lease. */
  readonly synced: string
  readonly locks: string
  /** Where the `local` provider keeps its leases. */
  readonly localLeases: string
  /** A directory for each lease that is a machine of its own: the key that opens it, and how it is known again. */
  readonly keys: string
  /** Images that new leases boot from. */
  readonly promoted: string
  /** A directory for each verification of a provider that goes on. */
  readonly verify: string
  /** Keys of hosts that the user accepted. */
  readonly knownHosts: string
}

export const statePaths = (stateDir: string): StatePaths => ({
  catalog: join(stateDir, 'catalog.json'),
  leases: join(stateDir, 'leases.json'),
  layers: join(stateDir, 'layers'),
  manifests: join(stateDir, 'manifests'),
  baselines: join(stateDir, 'baselines'),
  synced: join(stateDir, 'synced'),
  locks: join(stateDir, 'locks'),
  localLeases: join(stateDir, 'local'),
  keys: join(stateDir, 'keys'),
  promoted: join(stateDir, 'promoted.json'),
  verify: join(stateDir, 'verify'),
  knownHosts: join(stateDir, 'known_hosts', 'hosts'),
})

/**
 * The state directory: `CRABBOX_STATE_DIR`, else `$XDG_STATE_HOME/crabbox`, else `~/.local/state/crabbox`.
 * @throws {CrabboxError} `STATE_DIR_RELATIVE`
 */
export function defaultStateDir(env: NodeJS.ProcessEnv): string {
  const own = env['CRABBOX_STATE_DIR']
  if (own !== undefined && own !== '') {
    if (isAbsolute(own)) return own
    throw configError(
      'STATE_DIR_RELATIVE',
      `CRABBOX_STATE_DIR is ${JSON.stringify(own)}, which is not an absolute path`,
      'Set it to an absolute path, or unset it.',
    )
  }

  const base = env['XDG_STATE_HOME']
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.local', 'state'), 'crabbox')
}

/** The directories that are always there, each after the one that holds it. */
export function stateDirectories(stateDir: string): readonly string[] {
  const {layers, manifests, baselines, synced, locks, localLeases} = statePaths(stateDir)
  return [stateDir, layers, manifests, baselines, synced, locks, localLeases]
}

/**
 * Makes the state directory and what is in it, readable by the user only.
 * @throws {CrabboxError} `STATE_DIR_UNUSABLE`, `STATE_DISK_FULL`
 */
export async function prepareStateDir(stateDir: string): Promise<StatePaths> {
  try {
    for (const directory of stateDirectories(stateDir)) await mkdir(directory, {recursive: true, mode: 0o700})
  } catch (error) {
    throw stateError(stateDir, error)
  }

  return statePaths(stateDir)
}
