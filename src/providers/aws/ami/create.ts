import type {Context} from '../../../core/context.js'
import {providerError, reasonOf, throwIfAborted} from '../../../core/errors.js'
import type {Created, CreateRequest} from '../../../core/handlers.js'
import type {AwsAmiArtifact} from '../../../core/tier.js'
import {openEc2, type Ec2, type Image} from '../client.js'
import {reachAt, type Reached} from '../reach.js'
import {isCode} from '../errors.js'
import {machineById, type Machine} from '../instances.js'
import {poll} from '../poll.js'
import {untilBooted, untilRunning} from '../ready.js'
import {imageById, imageOf, imageState, isCut, sizesOf, snapshotsOf} from './image.js'
import {takeOff, whoIs} from './source.js'
import {imageTags, recordOf} from './tags.js'

type Request = CreateRequest<'aws-ami'>
type Made = Created<'aws-ami'>

/** What every step of one create needs. */
interface Job {
  readonly ec2: Ec2
  readonly request: Request
  readonly artifact: AwsAmiArtifact
}

/** Makes an image of a lease's machine, up to the moment from which the machine may go on. */
export async function createImage(request: Request, context: Context): Promise<Made> {
  throwIfAborted(context.signal)
  const {id, lease} = request
  const ec2 = await openEc2(lease.details['region'] ?? null, context)
  const before = await imageOf(ec2, id)
  const known = before === null ? null : recordOf(before, ec2.region)
  if (before !== null && known?.tier === 'aws-ami' && known.artifact !== null)
    return finish({ec2, request, artifact: known.artifact}, known.artifact.imageId, before)
  const machine = await machineById(ec2, lease.details['instance'] ?? '')
  if (machine?.state !== 'running' || machine.address === null)
    throw providerError(
      'LEASE_STOPPED',
      `the machine of lease ${lease.slug} is ${machine?.state ?? 'gone'}`,
      'Only one that runs can be saved.',
    )
  await requirePermission(ec2, request, machine)
  const reached = await reachAt(machine.address, lease.id, context)
  try {
    const {identity} = await whoIs(reached, lease, context)
    const artifact: AwsAmiArtifact = {
      imageId: null,
      region: ec2.region,
      accountId: machine.accountId,
      architecture: machine.architecture,
      rootDeviceName: machine.rootDeviceName,
      snapshotIds: [],
      workRoot: lease.workRoot,
      identity,
    }
    const job = {ec2, request, artifact}
    await request.record(artifact)
    return await save(job, machine, reached, context)
  } finally {
    await reached.transport.close()
  }
}

/** Asks EC2 whether the image could be made, before the machine is touched. */
async function requirePermission({call}: Ec2, request: Request, machine: Machine): Promise<void> {
  await call('CreateImage', {...imageInput(request, machine, []), DryRun: true}).catch((error: unknown) => {
    if (!isCode(error, 'DryRunOperation')) throw error
  })
}

const nameOf = ({id, about}: Request): string =>
  `crabbox-${id}${about.name === null ? '' : `-${about.name}`}`.slice(0, 128)

const imageInput = (
  request: Request,
  {id}: Machine,
  tags: ReturnType<typeof imageTags>,
): {InstanceId: string; Name: string; Description: string; NoReboot: boolean} & {
  TagSpecifications?: {ResourceType: 'image' | 'snapshot'; Tags: ReturnType<typeof imageTags>}[]
} => ({
  InstanceId: id,
  Name: nameOf(request),
  Description: `crabbox checkpoint ${request.id} of lease ${request.lease.id}`,
  NoReboot: request.reboot !== true,
  ...(tags.length === 0
    ? {}
    : {
        TagSpecifications: [
          {ResourceType: 'image', Tags: tags},
          {ResourceType: 'snapshot', Tags: tags},
        ],
      }),
})

/** Snapshots are shown within seconds: from then on they hold what the disk held. Milliseconds. */
const CUT = {first: 500, factor: 1.4, most: 5000, limit: 180_000}

async function save(job: Job, machine: Machine, reached: Reached, context: Context): Promise<Made> {
  const {request, artifact} = job
  const reboot = request.reboot === true
  const off = await takeOff(reached.transport, artifact.identity, context.signal)
  let asked = false
  let made: Made | null = null
  let failure: unknown = null
  try {
    throwIfAborted(context.signal)
    if (reboot) await off.restarting()
    const imageId = await askForImage(job, machine)
    asked = true
    // Known from here on, whatever happens: an image costs, and so do its snapshots.
    await request.record({...artifact, imageId})
    made = await untilCut(job, imageId, context)
  } catch (error) {
    failure = error
  }

  const back = asked && reboot ? (): Promise<void> => backAfterRestart(job, machine, context) : off.putBack
  // An image that is there is not given up because its source cannot be reached: that looks after itself.
  const trouble = await back().then(
    () => null,
    (error: unknown) => error,
  )
  if (made === null) throw failure ?? trouble
  return trouble === null ? made : {...made, warnings: [...made.warnings, `the source: ${reasonOf(trouble)}`]}
}

async function untilCut(job: Job, imageId: string, context: Context): Promise<Made> {
  const image = await poll(
    async () => {
      const found = await imageById(job.ec2, imageId)
      return found !== null && isCut(found) ? found : null
    },
    CUT,
    context.signal,
  )
  return finish(job, imageId, image)
}

/** Once: a name is taken only once, so a call that is repeated after its answer was lost finds the first one's image. */
async function askForImage({ec2, request, artifact}: Job, machine: Machine): Promise<string> {
  const tags = imageTags(request.about, request.lease.workRoot, artifact.identity)
  try {
    // Not ended by an interruption: a call that is cut off may have been carried out, and nobody would know of it.
    const {ImageId: id = ''} = await ec2.finish('CreateImage', imageInput(request, machine, tags))
    return id
  } catch (error) {
    const first = isCode(error, 'InvalidAMIName.Duplicate')
      ? await poll(() => imageOf(ec2, request.id), CUT, new AbortController().signal)
      : null
    if (first?.ImageId === undefined) throw error
    return first.ImageId
  }
}

async function finish({request, artifact}: Job, imageId: string | null, shown: Image | null): Promise<Made> {
  const whole = {...artifact, imageId, snapshotIds: shown === null ? [] : snapshotsOf(shown)}
  await request.record(whole)
  const state = shown !== null && imageState(shown) === 'ready' ? 'ready' : 'cut'
  const warnings = shown === null ? ['EC2 did not show the snapshots while it was waited for them'] : []
  return {artifact: whole, sizes: sizesOf(shown ?? {}, []), warnings, parent: null, state}
}

/** After the restart the machine boots as for the first time, with the user-data of its lease: it is known by that again. */
async function backAfterRestart({ec2, request: {lease}}: Job, {id}: Machine, context: Context): Promise<void> {
  const running = await untilRunning(ec2, id, context)
  const {transport} = await untilBooted(ec2, running, lease.id, context)
  await transport.close()
}
