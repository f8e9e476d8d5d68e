import {setTimeout as sleep} from 'node:timers/promises'

import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  type Image,
  type Instance,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2'

import type {LabCloud} from './lab-cloud.js'
import {CREDENTIALS} from './protocol/caller.js'

/** The real client for a lab cloud. It tries once, so that a test sees each answer. */
export const clientOf = ({endpoint, env}: LabCloud, region = env['AWS_REGION'] ?? ''): EC2Client =>
  new EC2Client({
    ...{endpoint, region, maxAttempts: 1},
    credentials: {accessKeyId: CREDENTIALS.id, secretAccessKey: CREDENTIALS.secret},
  })

/** Canonical's images of a series, the newest first. */
export async function canonicalImages(ec2: EC2Client, series = '*'): Promise<Image[]> {
  const name = `ubuntu/images/hvm-ssd-gp3/ubuntu-${series}-server-*`
  const Filters = [{Name: 'name', Values: [name]}]
  const {Images = []} = await ec2.send(new DescribeImagesCommand({Owners: ['099720109477'], Filters}))
  return Images.sort((a, b) => (b.CreationDate ?? '').localeCompare(a.CreationDate ?? ''))
}

/** Launches an instance, of Canonical's newest LTS where no image is named. */
export async function launch(ec2: EC2Client, more: Partial<RunInstancesCommandInput> = {}): Promise<string> {
  const image = more.ImageId ?? (await canonicalImages(ec2, 'noble-24.04-amd64'))[0]?.ImageId
  const call = {ImageId: image, InstanceType: 't3.small', MinCount: 1, MaxCount: 1, ...more} as const
  const {Instances = []} = await ec2.send(new RunInstancesCommand(call))
  const id = Instances[0]?.InstanceId
  if (id === undefined) throw new Error('RunInstances answers no instance')
  return id
}

/** An instance as it is described now. */
export async function lookAt(ec2: EC2Client, id: string): Promise<Instance> {
  const {Reservations = []} = await ec2.send(new DescribeInstancesCommand({InstanceIds: [id]}))
  const instance = Reservations[0]?.Instances?.[0]
  if (instance === undefined) throw new Error(`DescribeInstances answers no ${id}`)
  return instance
}

/** An instance as soon as it is in a state. */
export async function untilState(ec2: EC2Client, id: string, state: string): Promise<Instance> {
  for (;;) {
    const instance = await lookAt(ec2, id)
    if (instance.State?.Name === state) return instance
    await sleep(200)
  }
}
