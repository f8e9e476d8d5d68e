import type {Context} from '../../core/context.js'
import type {LeasePlanRequest} from '../../core/provider.js'
import {chooseImage} from './base-image.js'
import {openEc2} from './client.js'
import {candidates, marketOf, wantedArchitecture} from './launch.js'
import {readSettings} from './settings.js'

/** What a lease would be made of. */
export async function planMachine(request: LeasePlanRequest, context: Context): Promise<readonly string[]> {
  const architecture = wantedArchitecture(request)
  const ec2 = await openEc2(request.machine?.region ?? null, context)
  const settings = await readSettings(context)
  const image = await chooseImage(ec2, architecture, context)
  const [first, ...others] = candidates(request, image)
  return [
    `an EC2 instance in ${ec2.region}: ${first}${others.length === 0 ? '' : `, or where there is none ${others.join(', ')}`}`,
    `market: ${marketOf(request, settings)}`,
    `image: ${image.id} (${image.architecture}), with ${Math.max(settings.diskGb, image.size)} GB of disk`,
    `a key pair, and a security group that lets in SSH from ${settings.sshFrom?.join(', ') ?? 'the public address of this machine'}`,
  ]
}
