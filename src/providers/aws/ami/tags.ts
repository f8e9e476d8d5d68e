import type {Checkpoint, CheckpointBase} from '../../../core/checkpoint.js'
import {isCheckpointId, isLeaseId, isSlug, parseCheckpointName} from '../../../core/ids.js'
import {MACHINE_CLASSES} from '../../../core/lease.js'
import type {AwsAmiArtifact, MachineIdentity} from '../../../core/tier.js'
import {bootImage} from '../base-image.js'
import type {Image, Tag} from '../client.js'
import {checkpointTags, LEASE, readTag} from '../tags.js'
import {imageState, sizesOf, snapshotsOf} from './image.js'

/** All that an image tells of its checkpoint, so that the record can be made again from nothing. */
export const imageTags = (
  about: CheckpointBase,
  workRoot: string,
  {accessKey, hostKeySha256, machineIdSha256}: MachineIdentity,
): Tag[] =>
  checkpointTags(about.id, {
    ...(about.name === null ? {} : {'crabbox:name': about.name}),
    ...(about.note === null ? {} : {'crabbox:note': about.note}),
    ...repoTags(about.repo),
    'crabbox:created': about.createdAt,
    [LEASE]: about.lease.id,
    'crabbox:slug': about.lease.slug,
    'crabbox:class': about.lease.class,
    'crabbox:workroot': workRoot,
    'crabbox:workdir': about.workdir.path,
    'crabbox:access-key': accessKey,
    'crabbox:host-key': hostKeySha256,
    'crabbox:machine-id': machineIdSha256,
    'crabbox:version': about.crabboxVersion,
  })

function repoTags(repo: CheckpointBase['repo']): Record<string, string> {
  if (repo === null) return {}
  const {name, remote, head, branch} = repo
  return {
    'crabbox:repo': name,
    ...(remote === null ? {} : {'crabbox:remote': remote}),
    ...(head === null ? {} : {'crabbox:head': head}),
    ...(branch === null ? {} : {'crabbox:branch': branch}),
  }
}

/** The record of an image's checkpoint; null where the tags do not tell enough. */
export function recordOf(image: Image, region: string): Checkpoint | null {
  const tag = (name: string): string | null => readTag(image.Tags, `crabbox:${name}`)
  const [id, lease, slug] = [tag('checkpoint'), tag('lease'), tag('slug')]
  const [workRoot, workdir, accessKey] = [tag('workroot'), tag('workdir'), tag('access-key')]
  const size = MACHINE_CLASSES.find(name => name === tag('class'))
  if (id === null || !isCheckpointId(id) || lease === null || !isLeaseId(lease) || slug === null || !isSlug(slug))
    return null
  if (workRoot === null || workdir === null || accessKey === null || size === undefined) return null
  const name = tag('name')
  const repo = tag('repo')
  const {architecture, rootDeviceName} = bootImage(image)
  const artifact: AwsAmiArtifact = {
    imageId: image.ImageId ?? null,
    region,
    accountId: image.OwnerId ?? '',
    architecture,
    rootDeviceName,
    snapshotIds: snapshotsOf(image),
    workRoot,
    identity: {
      accessKey,
      hostKeySha256: tag('host-key') ?? '',
      machineIdSha256: tag('machine-id') ?? '',
    },
  }
  return {
    id,
    tier: 'aws-ami',
    artifact,
    name: name === null ? null : nameOrNull(name),
    state: imageState(image),
    createdAt: tag('created') ?? image.CreationDate ?? new Date(0).toISOString(),
    lastUsedAt: null,
    provider: 'aws',
    lease: {id: lease, slug, class: size},
    parent: null,
    repo:
      repo === null
        ? null
        : {name: repo, remote: tag('remote'), head: tag('head'), branch: tag('branch'), dirty: false},
    workdir: {path: workdir, relative: relativeOf(workdir, workRoot)},
    sizes: sizesOf(image, []),
    story: null,
    labels: {},
    note: tag('note'),
    expiresAt: null,
    warnings: [],
    failure: null,
    crabboxVersion: tag('version') ?? '',
  }
}

/** Anybody may edit a tag. */
function nameOrNull(text: string): Checkpoint['name'] {
  try {
    return parseCheckpointName(text)
  } catch {
    return null
  }
}

/** Below the lease's workdir, which is the first directory below its work root. */
function relativeOf(path: string, workRoot: string): string | null {
  if (!path.startsWith(`${workRoot}/`)) return null
  const [, ...rest] = path.slice(workRoot.length + 1).split('/')
  return rest.length === 0 ? '.' : rest.join('/')
}
