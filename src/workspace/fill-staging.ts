import type {Context} from '../core/context.js'
import {checkStaged} from './check-staged.js'
import type {Entry} from './entry.js'
import {hashBehind} from './hash-behind.js'
import type {LayerSource} from './layer-source.js'
import {sendEntries} from './send.js'
import type {StageRequest} from './stage-request.js'
import type {Staged} from './staged.js'
import type {Twin} from './twin.js'
import {verifyFailed} from './verify.js'

/**
 * Puts the new content into the staging directory, by whatever way is the shortest, and checks it there.
 * @param twin what is copied into it; null: nothing
 * @param send what is not in it yet
 * @returns how it looks, where it is to take the place of nothing; else null
 * @throws {CrabboxError} `VERIFY_FAILED`, `LAYER_CORRUPT`, `LAYER_MISSING`, `DISK_FULL`, `HOST_COMMAND_FAILED`
 */
export async function fillStaging(
  request: StageRequest,
  twin: Twin | null,
  send: readonly Entry[],
  sidecar: string,
  source: LayerSource,
  context: Context,
): Promise<Staged | null> {
  const {transport, tools, empty, owner} = request
  const {signal} = context
  const tree = `${sidecar}/staging/tree`
  const bytes = send.reduce((sum, entry) => sum + entry.length, 0)
  const task = context.progress.start('restoring', bytes, 'bytes')
  try {
    if (twin !== null) {
      const bare = request.plan.expected.every(({attributes}) => attributes === '')
      if (!(await twin.copy({transport, into: tree, bare, signal}))) throw verifyFailed('the other fork was written to')
      return await checkStaged(request, tree, null, signal)
    }

    // On a host that bears one command at a time this begins when the transfer is over. Busybox's tar needs others before that.
    const aside = tools.hashes && empty && tools.tar.name !== 'plain'
    const hashing = hashBehind(transport, tree, aside ? send : [], signal)
    const advance = (bytes: number): void => {
      task.advance(bytes)
      hashing.sent(bytes)
    }
    await sendEntries(transport, tree, send, {...source, owner}, tools, {...task, advance}, signal, empty).catch(
      async (error: unknown) => {
        // It has to be gone before somebody cleans up.
        await hashing.giveUp()
        throw error
      },
    )
    return await checkStaged(request, tree, hashing.finish(), signal)
  } finally {
    task.done()
  }
}
