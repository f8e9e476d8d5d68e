import {CrabboxError, OUTCOME_UNKNOWN, providerError} from '../core/errors.js'
import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {pathList} from './path-list.js'
import {refusedFor, sidecarOf} from './sidecar.js'
import {SEAL, SWAP} from './swap-scripts.js'

export interface SwapRequest {
  readonly target: string
  /** `staging` for a restore, `undo` for an undo. */
  readonly source: 'staging' | 'undo'
  /** Whether what is replaced is kept for undo. */
  readonly keep: 'keep' | 'drop'
  /** Directories outside the unit whose metadata changes; one byte a character. */
  readonly directories: readonly string[]
  readonly meta: SwapMeta
  /** Whose swap it is: what is staged has to be his. */
  readonly owner: string
}

/** What undo needs to know of what it puts back. */
export interface SwapMeta {
  readonly directories: readonly string[]
  /** What replaced it: a checkpoint, or `undo`. */
  readonly replacedBy: string
  /** Which attempt has replaced it, so that it does not do it again when it lost its connection before it knew. */
  readonly attempt?: string
}

/**
 * Replaces the unit by what is staged. Up to here nothing of the user's was touched, and from here on it runs to its end,
 * whatever becomes of this process: the last step is one command on the host. Nothing is swapped where somebody else has been at work.
 * @throws {CrabboxError} `WORKDIR_BUSY`, `HOST_COMMAND_FAILED`, `OUTCOME_UNKNOWN`
 * @returns the change time that the target has then, as GNU find prints it; empty where there is none
 */
export async function swapIn(transport: Transport, request: SwapRequest, signal: AbortSignal): Promise<string> {
  const {target, source, keep, directories, meta, owner} = request
  const sidecar = sidecarOf(target)
  const names = pathList(directories)
  const input = Buffer.concat([names, Buffer.from(JSON.stringify(meta))])
  const parameters = [sidecar, target, keep, source, String(names.length), String(input.length), owner]
  await runScript(transport, SEAL, parameters, signal, {
    purpose: 'prepare the swap of the workdir',
    input,
    refusals: refusedFor(target),
  })
  const {stdout} = await runScript(transport, SWAP, [sidecar, target, owner], new AbortController().signal, {
    purpose: 'swap the workdir',
    refusals: refusedFor(target),
  }).catch((error: unknown) => {
    throw error instanceof CrabboxError && error.code === 'CONNECTION_LOST' ? eitherWay(error, request) : error
  })
  return stdout.toString('latin1')
}

/** Nobody has heard what became of it. Whoever can ask again does, and says this where that fails as well. */
const eitherWay = (lost: CrabboxError, {target, source}: SwapRequest): CrabboxError =>
  providerError(
    OUTCOME_UNKNOWN,
    `${lost.message} while ${target} was replaced: it is what it was, or what it was to become`,
    source === 'undo'
      ? 'Look at it once the host is up: where this has happened, another undo takes it back.'
      : 'Run the command again once the host is up: it does what is left to do.',
    lost,
  )
