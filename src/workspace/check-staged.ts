import {allEnded} from '../core/all-ended.js'
import type {Entry} from './entry.js'
import {encodeBaseline, encodeListing} from './baseline-text.js'
import {fingerprintOf} from './fingerprint.js'
import {isFilled} from './is-filled.js'
import {listTree} from './listing.js'
import {parseOutput} from './read-listing.js'
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
  {transport, plan, tools, empty, manifest, witness}: StageRequest,
  tree: string,
  hashes: Promise<ReadonlyMap<string, string>> | null,
  signal: AbortSignal,
): Promise<Staged | null> {
  const hashing = hashes === null ? nothingWrong : hashStaged(transport, tree, plan.send, tools, hashes, signal)
  const check = (stats: readonly Stat[]): void => verifyListing(stats, plan.expected, tools)
  const part = (stats: readonly Stat[]): Stat[] => stats.filter(stat => within(plan.unit ?? '', stat.path))
  if (!empty) {
    const [{stats}, compareBytes] = await allEnded([listTree(transport, tree, signal), hashing])
    check(part(stats))
    compareBytes()
    // A rename moves the change time of what it renames.
    witness.checked(stats.filter(({path}) => path !== plan.unit))
    return null
  }

  const [output, compareBytes] = await allEnded([listStaged(transport, tree, signal), hashing])
  const whole = plan.unit === ''
  if (whole && isFilled(output, manifest.tree)) {
    compareBytes()
    return filledWith(output, id => encodeListing(id, output))
  }

  const stats = part(parseOutput(output).stats)
  // What is left out of checkpoints comes along when unchanged files are taken over.
  requireNoMore(stats, plan.expected)
  check(stats)
  compareBytes()
  return whole ? filledWith(output, id => encodeBaseline(id, stats)) : {stats, baseline: null, fingerprint: () => null}
}

const filledWith = (output: readonly Buffer[], baseline: Staged['baseline']): Staged => ({
  stats: [],
  baseline,
  fingerprint: () => fingerprintOf(output),
})

const nothingWrong = Promise.resolve((): void => undefined)

/** Whatever it is and wherever it comes from, what was not saved is not handed out. */
function requireNoMore(stats: readonly Stat[], expected: readonly Entry[]): void {
  // As many as there should be are those that should be, or one of these is missing.
  if (stats.length === expected.length) return
  const paths = new Set(expected.map(entry => entry.path))
  const more = stats.find(stat => stat.path !== '' && !paths.has(stat.path))
  if (more !== undefined) throw verifyFailed(`${readable(more.path)} was not saved`)
}
