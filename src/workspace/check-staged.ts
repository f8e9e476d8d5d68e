import {filledChecker} from './check-filled.js'
import type {Entry} from './entry.js'
import {listTree} from './listing.js'
import type {StageRequest} from './stage-request.js'
import {listStaged, type Staged} from './staged.js'
import {readable, type Stat} from './stat.js'
import {within} from './unit.js'
import {hashStaged, verifyFailed, verifyListing} from './verify.js'

/**
 * Looks at what has arrived: at all of it, and at every byte that was sent.
 * @param hashes of what was hashed on the host while more was sent; null: nothing was sent, it was copied
 */
export async function checkStaged(
  {transport, plan, tools, empty, manifest}: StageRequest,
  tree: string,
  hashes: Promise<ReadonlyMap<string, string>> | null,
  signal: AbortSignal,
): Promise<Staged | null> {
  const filled = empty && plan.unit === '' ? filledChecker(manifest.tree, tools) : null
  const work = [
    empty ? listStaged(transport, tree, signal, filled?.take) : listTree(transport, tree, signal),
    hashes === null ? nothingWrong : hashStaged(transport, tree, plan.send, tools, hashes, signal),
  ] as const
  // Whoever cleans up after a failure of one must not meet the other at work.
  await Promise.allSettled(work)
  const [listing, compareBytes] = await Promise.all(work)
  if (filled !== null) {
    const baseline = filled.finish()
    compareBytes()
    return {stats: [], baseline, fingerprint: 'fingerprint' in listing ? listing.fingerprint : noFingerprint}
  }

  const stats = listing.stats.filter(stat => within(plan.unit ?? '', stat.path))
  // What is left out of checkpoints comes along when unchanged files are taken over.
  if (empty) requireNoMore(stats, plan.expected)
  verifyListing(stats, plan.expected, tools)
  compareBytes()
  return empty ? {stats, baseline: null, fingerprint: noFingerprint} : null
}

const noFingerprint = (): null => null

const nothingWrong = Promise.resolve((): void => undefined)

/** Whatever it is and wherever it comes from, what was not saved is not handed out. */
function requireNoMore(stats: readonly Stat[], expected: readonly Entry[]): void {
  // As many as there should be are those that should be, or one of these is missing.
  if (stats.length === expected.length) return
  const paths = new Set(expected.map(entry => entry.path))
  const more = stats.find(stat => stat.path !== '' && !paths.has(stat.path))
  if (more !== undefined) throw verifyFailed(`${readable(more.path)} was not saved`)
}
