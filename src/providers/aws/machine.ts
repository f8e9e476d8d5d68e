import type {Context} from '../../core/context.js'
import {CrabboxError, throwIfAborted} from '../../core/errors.js'
import type {LeaseRequest, Placement} from '../../core/lease.js'
import {runScript} from '../../transports/script.js'
import {accountOf} from './account.js'
import type {BootImage} from './base-image.js'
import type {Ec2} from './client.js'
import type {Reached} from './reach.js'
import {isCode} from './errors.js'
import {isGone, machineById, machinesOf, type Machine} from './instances.js'
import {makeKey, type LeaseKey} from './keys.js'
import {launch} from './launch.js'
import {makeNetwork} from './network.js'
import {untilBooted, untilRunning} from './ready.js'
import {giveBack} from './give-back.js'
import {readSettings, sourceRanges} from './settings.js'
import {leaseTags, nameOf} from './tags.js'
import {WORK_ROOT} from './user-data.js'

/** A machine that is ready, and where its lease is. */
export interface Booted {
  readonly machine: Machine
  readonly reached: Reached
  readonly placement: Placement
}

/**
 * Boots the machine of a lease, or goes on with the one that there is. The caller closes the connection.
 * @param chooseImage is asked only where a machine has to be started
 */
export async function bootMachine(
  ec2: Ec2,
  request: LeaseRequest,
  chooseImage: () => Promise<BootImage>,
  context: Context,
): Promise<Booted> {
  throwIfAborted(context.signal)
  const before = await startedBefore(ec2, request)
  const task = context.progress.start(`booting ${request.slug}`)
  try {
    const started = before ?? (await startMachine(ec2, request, chooseImage, context))
    if (before === null) await request.record({region: ec2.region, account: started.accountId, instance: started.id})
    const machine = await untilRunning(ec2, started.id, context)
    const reached = await untilBooted(ec2, machine, request.id, context)
    return {machine, reached, placement: placementOf(request, ec2.region, machine)}
  } catch (error) {
    // What was there before this call may be in use.
    if (before === null)
      await giveBack(ec2, request, {region: ec2.region, ...(isUnsure(error) ? LAUNCHING : {})}, context)
    throw error
  } finally {
    task.done()
  }
}

/** What stands in the record from before a machine is asked for until it is known. */
const LAUNCHING = {launching: 'yes'}

/** Whether there may be a machine although the call that asked for it has failed. */
const isUnsure = (error: unknown): boolean =>
  !(error instanceof CrabboxError) ||
  !['AWS_NOT_PERMITTED', 'AWS_QUOTA', 'AWS_NO_CAPACITY', 'AWS_NO_DEFAULT_VPC'].includes(error.code)

const placementOf = (
  {id, repoName}: LeaseRequest,
  region: string,
  machine: Machine & {address: string},
): Placement => ({
  workRoot: `${WORK_ROOT}/${id}`,
  workdir: `${WORK_ROOT}/${id}/${repoName}`,
  details: {
    region,
    account: machine.accountId,
    instance: machine.id,
    address: machine.address,
    type: machine.type,
    image: machine.imageId,
  },
})

/** The machine of an earlier request with the same id. Only where something was recorded there can be one. */
async function startedBefore(ec2: Ec2, {id, recorded = {}}: LeaseRequest): Promise<Machine | null> {
  const {instance} = recorded
  const machine = instance === undefined ? (await machinesOf(ec2, id))[0] : await machineById(ec2, instance)
  return machine === undefined || machine === null || isGone(machine) ? null : machine
}

/** Starts the machine of a lease, with all that it needs, or finds the one that EC2 has started already. */
export async function startMachine(
  ec2: Ec2,
  request: LeaseRequest,
  chooseImage: () => Promise<BootImage>,
  context: Context,
): Promise<Machine> {
  const settings = await readSettings(context)
  const [image, ranges] = await Promise.all([chooseImage(), sourceRanges(settings, context.signal)])
  const account = await accountOf(ec2)
  const place = {region: ec2.region, ...(account === null ? {} : {account})}
  // From here on there is something to take back.
  await request.record(place)
  const key = await makeKey(context.stateDir, request.id)
  const keyName = await importKey(ec2, request, key)
  const network = await makeNetwork(ec2, request.id, settings.subnet, ranges, context.signal)
  // A call that dies unanswered may have started a machine that EC2 does not show yet: whoever cleans up has to look twice.
  await request.record({...place, ...LAUNCHING})
  return launch(ec2, {request, settings, image, key, keyName, network}, context)
}

/** EC2 shows the key in its console, and gives it to the default account of the image. */
async function importKey({call}: Ec2, {id}: LeaseRequest, {publicKey}: LeaseKey): Promise<string> {
  const name = nameOf(id)
  try {
    await call('ImportKeyPair', {
      KeyName: name,
      PublicKeyMaterial: Buffer.from(publicKey),
      TagSpecifications: [{ResourceType: 'key-pair', Tags: leaseTags(id)}],
    })
  } catch (error) {
    // The answer to an earlier call was lost. Nobody else makes a key of this name.
    if (!isCode(error, 'InvalidKeyPair.Duplicate')) throw error
  }

  return name
}

/** Makes the lease's directory and its workdir. */
export async function makeWorkdir({transport}: Reached, {workdir}: Placement, signal: AbortSignal): Promise<void> {
  await runScript(transport, 'mkdir -p -- "$1"', [workdir], signal, {purpose: 'make the workdir'})
}
