import type {Context} from '../../core/context.js'
import type {LeaseHandle, LeaseReference} from '../../core/lease.js'
import type {LeaseOperations, LeaseStatus} from '../../core/provider.js'
import {using} from '../../tiers/with-transport.js'
import {requireAccount} from './account.js'
import {chooseImage} from './base-image.js'
import {openEc2, type Ec2} from './client.js'
import {connectLease} from './connect.js'
import {release, untilEnded} from './give-back.js'
import {healSource} from './ami/source.js'
import {machineById, machinesOf} from './instances.js'
import {wantedArchitecture} from './launch.js'
import {bootMachine, makeWorkdir} from './machine.js'
import {planMachine} from './plan.js'

/** Leases that are EC2 instances, with a key, a security group and user-data of their own. */
export const awsLeases: LeaseOperations = {
  acquire: async (request, context) => {
    const architecture = wantedArchitecture(request)
    const region = request.machine?.region ?? request.recorded?.['region'] ?? null
    const ec2 = await openEc2(region, context)
    const {reached, placement} = await bootMachine(ec2, request, () => chooseImage(ec2, architecture, context), context)
    await using(reached.transport, () => makeWorkdir(reached, placement, context.signal))
    return placement
  },
  connect: connectLease,
  status: async (lease, context) => {
    const ec2 = await ec2Of(lease, context)
    return ec2 === null ? 'gone' : statusOf(ec2, lease)
  },
  release: async (lease, context) => {
    const ec2 = await ec2Of(lease, context)
    if (ec2 !== null) await release(ec2, lease, context)
  },
  settled: async (lease, context) => {
    const ec2 = await ec2Of(lease, context)
    if (ec2 !== null) await untilEnded(ec2, lease.id, context)
  },
  heal: healSource,
  plan: planMachine,
}

/** EC2 where a lease is; null where nothing was ever made of it. */
async function ec2Of({details}: LeaseReference, context: Context): Promise<Ec2 | null> {
  const {region} = details
  return region === undefined ? null : openEc2(region, context)
}

const STATUS: Readonly<Record<string, LeaseStatus>> = {
  pending: 'running',
  running: 'running',
  stopping: 'stopped',
  stopped: 'stopped',
}

async function statusOf(ec2: Ec2, {id, details}: Pick<LeaseHandle, 'id' | 'details'>): Promise<LeaseStatus> {
  const {instance} = details
  const machine = instance === undefined ? (await machinesOf(ec2, id))[0] : await machineById(ec2, instance)
  if (machine === undefined || machine === null) await requireAccount(ec2, details['account'])
  return STATUS[machine?.state ?? ''] ?? 'gone'
}
