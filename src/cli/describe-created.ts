import type {Checkpoint} from '../core/checkpoint.js'
import {formatBytes} from './format.js'

/** A checkpoint that was just made, in a line. */
export function describeCreated({id, name, tier, state, sizes, provider}: Checkpoint): string {
  const called = `${id}${name === null ? '' : ` (${name})`}`
  const {content = 0, stored = 0, entries = 0} = sizes ?? {}
  if (state === 'cut') return `${called} is cut: the lease is free again, and ${provider} is still at work on it`
  if (tier === 'aws-ami') return `${called} is ready: an image of ${formatBytes(stored)} of snapshots`
  return `${called} is ready: ${entries} entries, ${formatBytes(content)}, ${formatBytes(stored)} added to the store`
}
