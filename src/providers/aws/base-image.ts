import {configError} from '../../core/errors.js'
import type {Context} from '../../core/context.js'
import {openPromoted} from '../../state/promoted.js'
import {architectureNamed, type Architecture} from './classes.js'
import type {Ec2, Image} from './client.js'

/** An image that a lease can boot from. */
export interface BootImage {
  readonly id: string
  readonly architecture: Architecture
  readonly rootDeviceName: string
  /** Gigabytes of the root volume that it needs. */
  readonly size: number
  /** What other volumes it has are called. */
  readonly furtherDevices: readonly string[]
}

/** Canonical's account. https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/ */
const CANONICAL = '099720109477'
const ARCHITECTURES = {x86_64: 'amd64', arm64: 'arm64'} as const

/**
 * What a new lease boots from: the promoted image of this region and architecture, else the newest long-term release of Ubuntu.
 * @throws {CrabboxError} `AWS_IMAGE_MISSING`, `AWS_PROMOTED_GONE`
 */
export async function chooseImage(ec2: Ec2, architecture: Architecture, context: Context): Promise<BootImage> {
  const promoted = await promotedFor(ec2.region, architecture, context)
  if (promoted === null) return newestUbuntu(ec2, architecture)
  const {Images: [image] = []} = await ec2.call('DescribeImages', {
    Filters: [{Name: 'image-id', Values: [promoted]}],
  })
  if (image?.State === 'available') return bootImage(image)
  throw configError(
    'AWS_PROMOTED_GONE',
    `the promoted image ${promoted} of ${ec2.region} is ${image?.State ?? 'gone'}`,
    `Promote another, or take it back with crabbox image demote ${promoted}.`,
  )
}

async function promotedFor(region: string, architecture: Architecture, {stateDir}: Context): Promise<string | null> {
  const {rows} = await openPromoted(stateDir).read()
  const found = [...rows.values()].find(
    row => row.provider === 'aws' && row.region === region && row.architecture === architecture,
  )
  return found?.id ?? null
}

async function newestUbuntu(ec2: Ec2, architecture: Architecture): Promise<BootImage> {
  const name = `ubuntu/images/hvm-ssd-gp3/ubuntu-*-*.04-${ARCHITECTURES[architecture]}-server-*`
  const {Images: images = []} = await ec2.call('DescribeImages', {
    Owners: [CANONICAL],
    Filters: [
      {Name: 'name', Values: [name]},
      {Name: 'state', Values: ['available']},
    ],
  })
  const [newest] = images.flatMap(rank).sort((a, b) => (a.rank < b.rank ? 1 : -1))
  if (newest !== undefined) return bootImage(newest.image)
  throw configError(
    'AWS_IMAGE_MISSING',
    `there is no image of Ubuntu for ${architecture} in ${ec2.region}`,
    'Promote an image of your own with crabbox image promote, or use another region.',
  )
}

/** Long-term releases come in April of even years. The newest release counts first, then the day of the build. */
function rank(image: Image): {image: Image; rank: string}[] {
  const [, year, build] = /\/ubuntu-[a-z]+-(\d\d)\.04-[a-z0-9]+-server-([\d.]+)$/.exec(image.Name ?? '') ?? []
  if (year === undefined || build === undefined || Number(year) % 2 === 1) return []
  return [{image, rank: `${year} ${build}`}]
}

export function bootImage(image: Image): BootImage {
  const rootDeviceName = image.RootDeviceName ?? '/dev/sda1'
  const root = image.BlockDeviceMappings?.find(mapping => mapping.DeviceName === rootDeviceName)
  return {
    id: image.ImageId ?? '',
    architecture: architectureNamed(image.Architecture),
    rootDeviceName,
    size: root?.Ebs?.VolumeSize ?? 8,
    furtherDevices: (image.BlockDeviceMappings ?? []).flatMap(({DeviceName, Ebs}) =>
      Ebs === undefined || DeviceName === undefined || DeviceName === rootDeviceName ? [] : [DeviceName],
    ),
  }
}
