import {posix} from 'node:path'

import type {Stored} from '../../core/checkpoint.js'
import type {ConfiguredHost} from '../../core/host.js'
import type {CheckpointId} from '../../core/ids.js'
import type {HostChoice, Placement} from '../../core/lease.js'
import type {ProviderNativeArtifact} from '../../core/tier.js'
import {otherHost} from './failures.js'
import {DIRECTORY} from './scripts.js'

/** Where the saved state of a checkpoint is: beside the lease that it was made of. Known before it is made. */
export const artifactOf = (id: CheckpointId, {workRoot, details}: Placement): ProviderNativeArtifact => ({
  mechanism: 'reflink',
  reference: posix.join(posix.dirname(workRoot), DIRECTORY, id),
  details,
})

/** The first two parameters of the scripts. */
export const placeOf = ({id, artifact: {reference}}: Pick<Stored<'provider-native'>, 'id' | 'artifact'>): string[] => [
  posix.dirname(reference),
  id,
]

/** The copy in a saved state. */
export const treeOf = ({artifact: {reference}}: Stored<'provider-native'>): string => posix.join(reference, 'tree')

/**
 * Where a fork has to go: the host of what was saved.
 * @throws {CrabboxError} `OTHER_HOST`
 */
export function choiceFor(
  {id, artifact: {details}}: Stored<'provider-native'>,
  choice: HostChoice,
  hosts: readonly ConfiguredHost[] = [],
): HostChoice {
  const {host} = details
  if (host === undefined) return choice
  const {name} = choice
  const named = hosts.find(one => one.name === name)?.address ?? name
  if (named !== null && named !== host) throw otherHost(id, host, named)
  return {...choice, name: host}
}

/** @throws {CrabboxError} `OTHER_HOST` for a lease that is on another host than what was saved */
export function requireSameHost({id, artifact}: Stored<'provider-native'>, {details}: Placement): void {
  const [saved = 'this machine', wanted = 'this machine'] = [artifact.details['host'], details['host']]
  if (saved !== wanted) throw otherHost(id, saved, wanted)
}
