import {randomBytes} from 'node:crypto'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {SEED} from './boot-script.js'
import {docker, dockerOutput} from './docker.js'
import {LABEL, remains, removeAll, seedsOf} from './leftovers.js'
import {makeNetwork} from './network.js'

/** What a machine is started with. */
export interface Launch {
  readonly id: string
  /** The Docker image. */
  readonly image: string
  readonly address: string
  readonly userData: Buffer
  readonly publicKeys: readonly string[]
}

/** The machines of one lab cloud: containers that boot like a server, by the ids of their instances. */
export interface Machines {
  readonly newAddress: () => string
  readonly launch: (launch: Launch) => Promise<void>
  readonly stop: (id: string) => Promise<void>
  /** Starts a stopped machine, at another address if one is given. */
  readonly start: (id: string, address?: string) => Promise<void>
  readonly reboot: (id: string) => Promise<void>
  readonly remove: (id: string) => Promise<void>
  /** Makes a Docker image of the machine's disk, and returns its size in bytes. */
  readonly commit: (id: string, image: string) => Promise<number>
  /** What the machine has written at its boots. */
  readonly console: (id: string) => Promise<string>
  /** The ids of what is there in Docker: containers, images and the network. */
  readonly remains: () => Promise<string[]>
  readonly close: () => Promise<void>
}

export async function openMachines(): Promise<Machines> {
  const owner = `${process.pid}-${randomBytes(4).toString('hex')}`
  const labels = ['--label', `${LABEL}=${owner}`]
  const dir = seedsOf(owner)
  mkdirSync(dir, {mode: 0o700})
  const network = await makeNetwork(`crabbox-lab-${owner}`, labels)

  return {
    newAddress: network.newAddress,
    launch: async launch => {
      const seed = join(dir, launch.id)
      writeSeed(seed, launch)
      await docker(
        ...['run', '--detach', '--init', '--name', nameOf(launch.id), ...labels, '--hostname', hostnameOf(launch)],
        ...['--network', network.name, '--ip', launch.address, '--tmpfs', '/run', '--volume', `${seed}:${SEED}:ro`],
        launch.image,
      )
    },
    stop: async id => {
      await docker('stop', '--time', '3', nameOf(id))
    },
    start: async (id, address) => {
      if (address !== undefined) {
        await docker('network', 'disconnect', network.name, nameOf(id))
        await docker('network', 'connect', '--ip', address, network.name, nameOf(id))
      }

      await docker('start', nameOf(id))
    },
    reboot: async id => {
      await docker('restart', '--time', '3', nameOf(id))
    },
    remove: async id => {
      await docker('rm', '--force', '--volumes', nameOf(id))
    },
    commit: async (id, image) => {
      await docker('commit', nameOf(id), image)
      return Number(await docker('image', 'inspect', '--format', '{{.Size}}', image))
    },
    console: id => dockerOutput('logs', nameOf(id)),
    remains: () => remains(owner),
    close: () => removeAll(owner),
  }
}

/** What the container of an instance is called. */
export const nameOf = (id: string): string => `crabbox-lab-${id}`

const hostnameOf = ({address}: Launch): string => `ip-${address.replaceAll('.', '-')}`

/** What EC2's metadata service says to an instance, in the form that cloud-init reads without a network. */
function writeSeed(dir: string, launch: Launch): void {
  const {id, publicKeys, userData} = launch
  mkdirSync(dir)
  const metadata = {'instance-id': id, 'local-hostname': hostnameOf(launch), 'public-keys': publicKeys}
  writeFileSync(join(dir, 'meta-data'), JSON.stringify(metadata))
  writeFileSync(join(dir, 'user-data'), userData)
}
