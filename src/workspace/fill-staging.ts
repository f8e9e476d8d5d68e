import type {Context} from '../core/context.js'
import {runScript} from '../transports/script.js'
import {checkStaged} from './check-staged.js'
import type {Entry} from './entry.js'
import {hashBehind} from './hash-behind.js'
import type {LayerSource} from './layer-source.js'
import {pathList} from './path-list.js'
import type {RestorePlan} from './plan.js'
import {sendEntries} from './send.js'
import type {StageRequest} from './stage-request.js'
import type {Staged} from './staged.js'
import {FARM} from './swap-scripts.js'
import {copyTwin} from './twin.js'
import {verifyFailed} from './verify.js'

/**
 * Puts the new content into the staging directory, by whatever way is the shortest, and checks it there.
 * @param missing what is not in it yet, where it is to take the place of nothing
 * @returns how it looks, where it is to take the place of nothing; else null
 * @throws {CrabboxError} `VERIFY_FAILED`, `LAYER_CORRUPT`, `LAYER_MISSING`, `DISK_FULL`, `HOST_COMMAND_FAILED`
 */
export async function fillStaging(
  request: StageRequest,
  missing: readonly Entry[],
  sidecar: string,
  source: LayerSource,
  context: Context,
): Promise<Staged | null> {
  const {transport, twin, tools, empty} = request
  const {signal} = context
  const tree = `${sidecar}/staging/tree`
  const send = empty ? missing : await takeOver(request, sidecar, signal)
  const bytes = send.reduce((sum, entry) => sum + entry.length, 0)
  const task = context.progress.start('restoring', bytes, 'bytes')
  try {
    if (twin !== null) {
      const bare = request.plan.expected.every(({attributes}) => attributes === '')
      if (!(await copyTwin(transport, twin, tree, bare, signal))) throw verifyFailed('the other fork was written to')
      return await checkStaged(request, tree, null, signal)
    }

    // On a host that bears one command at a time this begins when the transfer is over. Busybox's tar needs others before that.
    const aside = tools.hashes && empty && tools.tar.name !== 'plain'
    const hashing = hashBehind(transport, tree, aside ? send : [], signal)
    const advance = (bytes: number): void => {
      task.advance(bytes)
      hashing.sent(bytes)
    }
    await sendEntries(transport, tree, send, source, tools, {...task, advance}, signal, empty).catch(
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

/** Takes files over that did not change, and answers with what has to be sent then. */
async function takeOver(
  {transport, target, plan}: StageRequest,
  sidecar: string,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  // Only a directory that stays one is copied; anything else is replaced as a whole.
  const stays =
    plan.expected.some(entry => entry.path === plan.unit && entry.type === 'directory') &&
    !plan.remove.includes(plan.unit ?? '')
  if (!stays) return plan.send
  const open = pathList(plan.open)
  const {stdout} = await runScript(transport, FARM, [sidecar, target, String(open.length)], signal, {
    purpose: 'take over unchanged files',
    input: Buffer.concat([open, pathList(plan.remove)]),
  })
  return stdout.length > 0 ? withDirectories(plan) : plan.send
}

/** All directories of the unit come along, since the copy of those that did not change is not exact. */
const withDirectories = ({send, expected}: RestorePlan): Entry[] => [
  ...new Set([...send, ...expected.filter(entry => entry.type === 'directory')]),
]
