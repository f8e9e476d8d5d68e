import {rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {processExists} from '../../../../../src/state/process.js'
import {docker, dockerLines} from './docker.js'

/** Marks what belongs to a lab cloud: its value is the cloud's owner, which begins with the id of its process. */
export const LABEL = 'crabbox-lab-cloud'

/** How each kind is listed and removed, in the order in which one does not need the next any more. */
const KINDS = [
  {list: ['ps', '--all'], remove: ['rm', '--force', '--volumes']},
  {list: ['image', 'ls'], remove: ['image', 'rm', '--force']},
  {list: ['network', 'ls'], remove: ['network', 'rm']},
] as const

/** Where a lab cloud has what its machines are told at their boots. */
export const seedsOf = (owner: string): string => join(tmpdir(), `crabbox-lab-cloud-${owner}`)

/** Removes the containers, images and networks of one lab cloud, and its files. */
export async function removeAll(owner: string): Promise<void> {
  for (const {list, remove} of KINDS) {
    const ids = await idsOf(owner, list)
    if (ids.length > 0) await docker(...remove, ...ids)
  }

  rmSync(seedsOf(owner), {recursive: true, force: true})
}

/** The ids of what one lab cloud has in Docker. */
export const remains = async (owner: string): Promise<string[]> =>
  (await Promise.all(KINDS.map(({list}) => idsOf(owner, list)))).flat()

const idsOf = async (owner: string, list: readonly string[]): Promise<string[]> => [
  ...new Set(await dockerLines(...list, '--quiet', '--filter', `label=${LABEL}=${owner}`)),
]

/** Removes what lab clouds of processes that are gone have left. */
export async function removeOrphans(): Promise<void> {
  for (const owner of await owners()) if (!processExists(Number.parseInt(owner, 10))) await removeAll(owner)
}

/** Containers come and go with their network, and an image outlives neither unless its removal was cut short. */
async function owners(): Promise<Set<string>> {
  const format = ['--filter', `label=${LABEL}`, '--format', `{{.Label "${LABEL}"}}`]
  const images = await dockerLines('image', 'ls', '--quiet', '--filter', `label=${LABEL}`)
  const labels = await Promise.all([
    dockerLines('ps', '--all', ...format),
    dockerLines('network', 'ls', ...format),
    images.length === 0
      ? []
      : dockerLines('image', 'inspect', '--format', `{{index .Config.Labels "${LABEL}"}}`, ...images),
  ])
  return new Set(labels.flat())
}
