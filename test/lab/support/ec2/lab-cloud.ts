import type {AddressInfo} from 'node:net'

import {Region} from './account/region.js'
import {defaultSettings} from './account/settings.js'
import {makeEndpoint, type Call} from './endpoint.js'
import {makeKnobs, type Knobs} from './knobs.js'
import {ensureDockerEngine} from './machine/docker-engine.js'
import {ensureMachineImage} from './machine/image.js'
import {removeOrphans} from './machine/leftovers.js'
import {openMachines} from './machine/machines.js'
import {CREDENTIALS} from './protocol/caller.js'
import {stateOf, type State} from './state.js'

export interface LabCloudOptions {
  /** The region of `env`. Default: `eu-central-1`. */
  readonly region?: string
}

/** An EC2 whose instances are containers of this machine, with the real cloud-init and OpenSSH in them. */
export interface LabCloud {
  /** Where it listens, on loopback. */
  readonly endpoint: string
  /** Variables with which a program takes it for EC2, and nothing else. */
  readonly env: Readonly<Record<string, string>>
  /** All calls so far. */
  readonly calls: readonly Call[]
  readonly knobs: Knobs
  readonly state: () => State
  /** The ids of what it has in Docker: nothing, once it is closed. */
  readonly remains: () => Promise<string[]>
  /** Removes all that was made: containers, images and the network. */
  readonly close: () => Promise<void>
}

export async function startLabCloud({region = 'eu-central-1'}: LabCloudOptions = {}): Promise<LabCloud> {
  await ensureDockerEngine()
  await removeOrphans()
  const image = await ensureMachineImage()
  const machines = await openMachines()
  const settings = defaultSettings()
  const regions = new Map<string, Region>()
  const regionOf = (name: string): Region => {
    const one = regions.get(name) ?? new Region(name, machines, settings, image)
    regions.set(name, one)
    return one
  }
  const calls: Call[] = []
  const server = makeEndpoint(settings, calls, regionOf).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    endpoint,
    env: environment(endpoint, region),
    calls,
    knobs: makeKnobs(settings, () => [...regions.values()]),
    state: () => stateOf([...regions.values()]),
    remains: machines.remains,
    close: async () => {
      server.close()
      server.closeAllConnections()
      const instances = [...regions.values()].flatMap(one => [...one.instances.values()])
      await Promise.all(instances.map(({work}) => work))
      await machines.close()
    },
  }
}

/** The user's own configuration must not shine through. */
const environment = (endpoint: string, region: string): Record<string, string> => ({
  AWS_ENDPOINT_URL_EC2: endpoint,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: CREDENTIALS.id,
  AWS_SECRET_ACCESS_KEY: CREDENTIALS.secret,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
})
