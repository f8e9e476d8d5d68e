import type {Placement} from '../core/lease.js'
import type {LeaseOperations} from '../core/provider.js'
import type {OpenedManifest} from '../workspace/manifest.js'
import {twinAt, type Looks, type Twin} from '../workspace/twin.js'

/** Forks of one checkpoint that are made at the same time. */
export interface ForkGroup {
  readonly opened: Promise<OpenedManifest>
  /** Those that are sent, at the most one on each host at a time. */
  readonly leaders: Leader[]
}

interface Leader {
  readonly lease: Placement
  /** Its workdir; null where its host does not tell how that looks, or there is none. */
  readonly outcome: Promise<Twin | null>
  readonly settle: (looks: Looks | null) => void
}

/** What one of these forks needs to know of the others. */
export interface Turn {
  /** Waits until there is something on the host to copy. Null: this fork is to be sent. */
  readonly twin: () => Promise<Twin | null>
  /** Lets the others copy. */
  readonly filled: (looks: () => Looks | null) => void
}

/** Groups of forks, by what they are forked from. A group is there as long as one of its forks is being made. */
export function forkGroups(): <R>(
  key: string,
  open: () => Promise<OpenedManifest>,
  work: (group: ForkGroup) => Promise<R>,
) => Promise<R> {
  const groups = new Map<string, {readonly group: ForkGroup; members: number}>()
  return async (key, open, work) => {
    const entry = groups.get(key) ?? {group: {opened: open(), leaders: []}, members: 0}
    groups.set(key, entry)
    entry.members++
    try {
      return await work(entry.group)
    } finally {
      entry.members--
      if (entry.members === 0) groups.delete(key)
    }
  }
}

/**
 * Fills the workdir of one fork. The first of a group on each host is sent, and the others wait to copy it. Where it fails they do not wait for
 * another: what it failed of may hold for them as well, and they would learn of it one after the other.
 */
export async function inTurn<R>(
  {leaders}: ForkGroup,
  lease: Placement,
  shareHost: LeaseOperations['shareHost'],
  fill: (turn: Turn) => Promise<R>,
): Promise<R> {
  let own: Leader | undefined
  const twin = async (): Promise<Twin | null> => {
    if (own !== undefined || shareHost === undefined) return null
    const other = leaders.find(leader => shareHost(leader.lease, lease))
    if (other === undefined) {
      own = leaderOf(lease)
      leaders.push(own)
      return null
    }

    return other.outcome
  }

  try {
    const result = await fill({twin, filled: looks => own?.settle(looks())})
    own?.settle(null)
    return result
  } catch (error) {
    if (own !== undefined) leaders.splice(leaders.indexOf(own), 1)
    own?.settle(null)
    throw error
  }
}

function leaderOf(lease: Placement): Leader {
  let settle: Leader['settle'] = () => undefined
  const looked = new Promise<Looks | null>(resolve => (settle = resolve))
  const outcome = looked.then(looks => (looks === null ? null : twinAt(lease.workdir, looks)))
  return {lease, outcome, settle}
}
