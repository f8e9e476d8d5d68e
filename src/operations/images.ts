import {notFoundError, usageError} from '../core/errors.js'
import type {ImageOperations, PromotedImage} from '../core/image.js'
import type {MachineChoice} from '../core/lease.js'
import {openCatalog} from '../state/catalog.js'
import {prepareStateDir} from '../state/paths.js'
import {openPromoted} from '../state/promoted.js'
import {requireReady} from './checkpoint-record.js'
import type {Environment} from './environment.js'
import {refreshed} from './refresh.js'
import {resolveCheckpoint} from './resolve.js'

export interface PromoteWish {
  /** An image of the provider, or a checkpoint that is one. */
  readonly image: string
  readonly provider: string
  readonly machine: MachineChoice
}

/** An image that was promoted, and the one that it took the place of. */
export interface Promotion {
  readonly promoted: PromotedImage
  readonly replaced: PromotedImage | null
}

/**
 * Makes new leases of a region and architecture boot from an image.
 * @throws {CrabboxError} `IMAGES_UNSUPPORTED`, `NO_IMAGE`, and what the provider throws
 */
export async function promoteImage(wish: PromoteWish, environment: Environment): Promise<Promotion> {
  const {stateDir} = environment
  const {image, checkpoint, region, provider} = await chosen(wish, environment)
  const images = requireImages(await environment.registry.get(provider))
  const promoted = await images.promote(image, checkpoint, {...wish.machine, region}, environment)
  await prepareStateDir(stateDir)
  const replaced = await openPromoted(stateDir).transact(rows => {
    const before = [...rows.values()].find(
      row =>
        row.id !== promoted.id &&
        row.provider === promoted.provider &&
        row.region === promoted.region &&
        row.architecture === promoted.architecture,
    )
    if (before !== undefined) rows.delete(before.id)
    rows.set(promoted.id, promoted)
    return before ?? null
  })
  if (replaced !== null) await images.demote(replaced, environment)
  return {promoted, replaced}
}

/** Takes the mark from an image: new leases boot from the provider's own again. Throws `IMAGE_NOT_PROMOTED`. */
export async function demoteImage(text: string, environment: Environment): Promise<PromotedImage> {
  const table = openPromoted(environment.stateDir)
  const {rows} = await table.read()
  const named = await resolveCheckpoint(environment.stateDir, text, async () => null).catch(() => null)
  const found = [...rows.values()].find(
    ({id, checkpoint}) => id === text || checkpoint === text || (named !== null && checkpoint === named.id),
  )
  if (found === undefined)
    throw notFoundError('IMAGE_NOT_PROMOTED', `${JSON.stringify(text)} is no promoted image`, 'See crabbox image list.')
  await requireImages(await environment.registry.get(found.provider)).demote(found, environment)
  await table.transact(all => void all.delete(found.id))
  return found
}

/** All promoted images, by region. Asks nobody. */
export async function listImages(stateDir: string): Promise<PromotedImage[]> {
  const {rows} = await openPromoted(stateDir).read()
  return [...rows.values()].sort(
    (a, b) => a.region.localeCompare(b.region) || a.architecture.localeCompare(b.architecture),
  )
}

interface Chosen {
  readonly image: string
  readonly checkpoint: PromotedImage['checkpoint']
  readonly region: string | null
  readonly provider: string
}

/** A checkpoint by its id or name; whatever is none is taken for an image. */
async function chosen({image, provider, machine}: PromoteWish, environment: Environment): Promise<Chosen> {
  if (image.startsWith('ami-'))
    return {image, provider, checkpoint: await checkpointOf(image, environment), region: machine.region}
  const found = requireReady(
    await refreshed(await resolveCheckpoint(environment.stateDir, image, async () => null), environment),
  )
  const artifact: object = found.artifact
  if (!('imageId' in artifact) || typeof artifact.imageId !== 'string')
    throw usageError('NO_IMAGE', `${found.id} is a ${found.tier} checkpoint, and no image`, 'Make one with --mode ami.')
  const region = 'region' in artifact && typeof artifact.region === 'string' ? artifact.region : machine.region
  return {image: artifact.imageId, provider: found.provider, checkpoint: found.id, region}
}

async function checkpointOf(image: string, {stateDir}: Environment): Promise<PromotedImage['checkpoint']> {
  const {rows} = await openCatalog(stateDir).read()
  const found = [...rows.values()].find(({tier, artifact}) => tier === 'aws-ami' && artifact?.imageId === image)
  return found?.id ?? null
}

function requireImages({name, images}: {name: string; images?: ImageOperations}): ImageOperations {
  if (images !== undefined) return images
  throw usageError('IMAGES_UNSUPPORTED', `the provider ${name} has no images to boot from`, 'Use --provider aws.')
}
