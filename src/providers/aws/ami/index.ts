import type {TierHandlers} from '../../../core/handlers.js'
import {CrabboxError} from '../../../core/errors.js'
import type {Lease} from '../../../core/lease.js'
import type {Context} from '../../../core/context.js'
import {using} from '../../../tiers/with-transport.js'
import {reachLease} from '../connect.js'
import {createImage} from './create.js'
import {deleteImage, refusePromoted} from './delete.js'
import {forkImage} from './fork.js'
import {refreshImage, resumeImage} from './refresh.js'
import {whoIs} from './source.js'
import {verifyImage} from './verify.js'

/** US dollars for a gigabyte and month in the standard tier in us-east-1; other regions take up to twice as much. */
const USD_PER_GB_MONTH = 0.05
const PRICE_SOURCE = 'EBS snapshots, standard tier, us-east-1: https://aws.amazon.com/ebs/pricing/'

/** Machine images of EC2. */
export const awsAmi: TierHandlers<'aws-ami'> = {
  guarantees: {
    preserves: [
      'the whole disk: system packages, tools, caches, services, users, the workdir',
      'what was on other attached EBS volumes',
    ],
    loses: [
      'running processes and memory',
      'instance store volumes',
      'what programs had not written to the disk yet, unless --reboot was given',
      'absolute paths that name the old workdir: a fork has it at a place of its own',
    ],
    cost: `EBS snapshots, at most ${USD_PER_GB_MONTH} USD for each GB and month in us-east-1; what later images share is billed once`,
    retention: 'in your account until it is deleted; a lost catalog is rebuilt by checkpoint recover',
    security:
      'holds every secret that is on the disk; a fork has a key, host keys and a machine id of its own, and is ended when it has not',
  },
  probe,
  create: createImage,
  fork: forkImage,
  delete: deleteImage,
  verify: verifyImage,
  refresh: refreshImage,
  resume: resumeImage,
  refuseDelete: refusePromoted,
  cost: ({sizes}) =>
    sizes === null ? null : {usdPerMonth: (sizes.stored / 1024 ** 3) * USD_PER_GB_MONTH, source: PRICE_SOURCE},
}

async function probe(lease: Lease, context: Context): Promise<{ok: true} | {ok: false; reason: string}> {
  if (lease.details['instance'] === undefined) return {ok: false, reason: 'it has no machine on EC2'}
  try {
    const reached = await reachLease(lease, context)
    const {resettable} = await using(reached.transport, () => whoIs(reached, lease, context))
    return resettable ? {ok: true} : {ok: false, reason: 'its machine has no cloud-init, or no sudo without a password'}
  } catch (error) {
    if (error instanceof CrabboxError && error.code === 'AWS_KEY_MISSING') return {ok: false, reason: error.message}
    throw error
  }
}
