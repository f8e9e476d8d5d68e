import type {Stored} from '../../../core/checkpoint.js'
import type {Context} from '../../../core/context.js'
import {busyError, providerError, throwIfAborted} from '../../../core/errors.js'
import {openPromoted} from '../../../state/promoted.js'
import {requireAccount} from '../account.js'
import {openEc2, type Ec2, type Image, type Snapshot} from '../client.js'
import {isNotFound} from '../errors.js'
import {deleted, HIDDEN, poll} from '../poll.js'
import {CHECKPOINT, isPromoted, readTag, withTag} from '../tags.js'
import {imageById, imageOf, isCut, snapshotsById, snapshotsOf} from './image.js'

type Ami = Stored<'aws-ami'>

/**
 * Deregisters the image, and deletes every snapshot that is the checkpoint's: those that were recorded, and those whose tags
 * say so. What bears another mark is left alone. It can be repeated at any point.
 * @throws {CrabboxError} `AWS_NOT_OURS`
 */
export async function deleteImage(checkpoint: Ami, context: Context): Promise<void> {
  const {id, artifact} = checkpoint
  throwIfAborted(context.signal)
  const ec2 = await openEc2(artifact.region, context)
  const image = await findImage(ec2, checkpoint, context.signal)
  if (image === null) await requireAccount(ec2, artifact.accountId)
  else requireOurs(`image ${image.ImageId}`, image, id)
  const ids = [...artifact.snapshotIds, ...(image === null ? [] : snapshotsOf(image))]
  const named = await snapshotsById(ec2, [...new Set(ids)])
  for (const snapshot of named) requireOurs(`snapshot ${snapshot.SnapshotId}`, snapshot, id)
  if (image !== null)
    await ec2.call('DeregisterImage', {ImageId: image.ImageId}).catch((error: unknown) => {
      if (!isNotFound(error)) throw error
    })
  const {Snapshots: tagged = []} = await ec2.call('DescribeSnapshots', {
    OwnerIds: ['self'],
    Filters: [withTag(CHECKPOINT, id)],
  })
  const doomed = new Set([...named, ...tagged].flatMap(({SnapshotId}) => SnapshotId ?? []))
  for (const snapshot of doomed) await deleteSnapshot(ec2, snapshot, context.signal)
}

/** Where no snapshot was ever seen, the image may be so new that it is not shown yet: then it is looked for longer. */
async function findImage(ec2: Ec2, {id, artifact, createdAt}: Ami, signal: AbortSignal): Promise<Image | null> {
  const look = async (): Promise<Image | null> =>
    (artifact.imageId === null ? null : await imageById(ec2, artifact.imageId)) ?? (await imageOf(ec2, id))
  const isNew = Date.now() - Date.parse(createdAt) < 600_000
  if (artifact.snapshotIds.length > 0 || !isNew) return look()
  const whole = await poll(
    async () => {
      const image = await look()
      return image !== null && isCut(image) ? image : null
    },
    HIDDEN,
    signal,
  )
  return whole ?? look()
}

/** The image lets go of its snapshots soon after it was deregistered. Milliseconds. */
const PACE = {first: 500, factor: 2, most: 10_000, limit: 120_000}

async function deleteSnapshot({call}: Ec2, id: string, signal: AbortSignal): Promise<void> {
  const attempt = (): Promise<true | null> =>
    deleted(() => call('DeleteSnapshot', {SnapshotId: id}), 'InvalidSnapshot.InUse')
  if ((await poll(attempt, PACE, signal)) !== null) return
  throw busyError(
    'SNAPSHOT_IN_USE',
    `the snapshot ${id} is used by another image`,
    'Deregister that image, and delete the checkpoint again.',
  )
}

function requireOurs(what: string, {Tags}: Image | Snapshot, id: string): void {
  const mark = readTag(Tags, CHECKPOINT)
  if (mark === id) return
  throw providerError(
    'AWS_NOT_OURS',
    `the ${what} does not belong to ${id}: its tag says ${mark ?? 'nothing'}`,
    `Nothing of it was deleted. crabbox checkpoint delete --local-only ${id} forgets the record.`,
  )
}

/** @throws {CrabboxError} `IMAGE_PROMOTED` */
export async function refusePromoted({id, artifact}: Ami, context: Context): Promise<void> {
  const {imageId, region} = artifact
  if (imageId === null) return
  const {rows} = await openPromoted(context.stateDir).read()
  // Somebody else, who works with the same account, may have promoted it.
  const promoted = rows.has(imageId) || isPromoted((await imageById(await openEc2(region, context), imageId))?.Tags)
  if (promoted)
    throw busyError(
      'IMAGE_PROMOTED',
      `the image ${imageId} of ${id} is promoted: new leases in ${region} boot from it`,
      `Take it back first with crabbox image demote ${imageId}, or delete it with --force.`,
    )
}
