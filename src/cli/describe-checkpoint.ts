import type {Checkpoint, CheckpointSizes} from '../core/checkpoint.js'
import type {Cost} from '../core/handlers.js'
import type {RanCommand} from '../core/lease.js'
import {formatBytes, formatUsd} from './format.js'

/** A checkpoint in lines of a label and a value. */
export function describeCheckpoint(checkpoint: Checkpoint, cost: Cost | null): string[] {
  const {repo, sizes, lease, story} = checkpoint
  const facts: [string, string | null][] = [
    ['checkpoint', `${checkpoint.id}${checkpoint.name === null ? '' : ` (${checkpoint.name})`}`],
    ['tier', checkpoint.tier],
    ['state', checkpoint.failure === null ? checkpoint.state : `${checkpoint.state}: ${checkpoint.failure}`],
    ['made', checkpoint.createdAt],
    ['last used', checkpoint.lastUsedAt],
    ['source', `${lease.slug} (${lease.id}), ${checkpoint.provider}, ${lease.class}`],
    ['workdir', checkpoint.workdir.path],
    ['parent', checkpoint.parent],
    [
      'repository',
      repo === null
        ? null
        : [repo.name, repo.branch, repo.head?.slice(0, 12), repo.dirty ? 'with changes' : null]
            .filter(Boolean)
            .join(', '),
    ],
    ['size', sizes === null ? null : describeSizes(checkpoint.tier, sizes)],
    ['cost', cost === null ? null : `at most ${formatUsd(cost.usdPerMonth)} a month (${cost.source})`],
    ...imageFacts(checkpoint),
    ['last run', story === null ? null : `exit ${story.exitCode}: ${commandText(story)}`],
    [
      'labels',
      Object.entries(checkpoint.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(', ') || null,
    ],
    ['note', checkpoint.note],
    ...checkpoint.warnings.map((warning): [string, string] => ['warning', warning]),
    ...(checkpoint.tier === 'recipe'
      ? (checkpoint.artifact?.commands ?? []).map((ran): [string, string] => ['command', commandText(ran)])
      : []),
  ]
  return facts.flatMap(([label, value]) => (value === null ? [] : [`${`${label}:`.padEnd(12)} ${value}`]))
}

const commandText = ({command}: RanCommand): string => (typeof command === 'string' ? command : command.join(' '))

function describeSizes(tier: Checkpoint['tier'], {entries, content, stored}: CheckpointSizes): string {
  return tier === 'aws-ami'
    ? `${formatBytes(content)} of disk; ${formatBytes(stored)} of snapshots in full, of which less may be billed`
    : `${entries} entries, ${formatBytes(content)}; ${formatBytes(stored)} added to the store`
}

function imageFacts({tier, artifact}: Checkpoint): [string, string][] {
  if (tier !== 'aws-ami' || artifact === null) return []
  const {imageId, region, architecture, accountId, snapshotIds} = artifact
  return [
    ['image', `${imageId ?? 'not made yet'}, ${region}, ${architecture}, account ${accountId}`],
    ['snapshots', snapshotIds.join(', ') || 'none yet'],
  ]
}
