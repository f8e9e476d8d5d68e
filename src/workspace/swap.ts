import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {sidecarOf} from './sidecar.js'
import {COMMIT, SEAL, SWAP} from './swap-scripts.js'

export interface SwapRequest {
  readonly target: string
  /** `staging` for a restore, `undo` for an undo. */
  readonly source: 'staging' | 'undo'
  /** Whether what is replaced is kept for undo. */
  readonly keep: 'keep' | 'drop'
  /** Directories outside the unit whose metadata changes; one byte a character. */
  readonly directories: readonly string[]
  readonly meta: SwapMeta
}

/** What undo needs to know of what it puts back. */
export interface SwapMeta {
  readonly directories: readonly string[]
  /** What replaced it, for people. */
  readonly replacedBy: string
}

/**
 * Replaces the unit by what is staged. Up to here nothing of the user's was touched, and from here on it runs to its end,
 * whatever becomes of this process: the last step is one command on the host.
 */
export async function swapIn(transport: Transport, request: SwapRequest, signal: AbortSignal): Promise<void> {
  const {target, source, keep, directories, meta} = request
  const sidecar = sidecarOf(target)
  const names = Buffer.from(directories.map(path => `./${path}\0`).join(''), 'latin1')
  const purpose = 'prepare the swap of the workdir'
  await runScript(transport, SEAL, [sidecar, target, keep, source, String(directories.length)], signal, {
    purpose,
    input: names,
  })
  const unstoppable = new AbortController().signal
  await runScript(transport, COMMIT, [sidecar], unstoppable, {purpose, input: JSON.stringify(meta)})
  await runScript(transport, SWAP, [sidecar, target], unstoppable, {purpose: 'swap the workdir'})
}
