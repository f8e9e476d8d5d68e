import {basename, dirname, join} from 'node:path'

import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {DISCARD} from './staging-scripts.js'
import {RECOVER} from './swap-scripts.js'

/** The directory beside a workdir in which its next tree is built and its last one kept. */
export const sidecarOf = (target: string): string => join(dirname(target), `.crabbox-${basename(target)}`)

/** Finishes or removes what an interrupted restore left. */
export async function recoverSidecar(transport: Transport, target: string, signal: AbortSignal): Promise<void> {
  await runScript(transport, RECOVER, [sidecarOf(target), target, ''], signal, {
    purpose: 'clean up after an interrupted restore',
  })
}

/** Must work when the operation itself was aborted. A failure here leaves files that the next command removes. */
export async function discardStaging(transport: Transport, sidecar: string): Promise<void> {
  await runScript(transport, DISCARD, [sidecar], new AbortController().signal, {
    purpose: 'remove the staging directory',
  }).catch(() => undefined)
}
