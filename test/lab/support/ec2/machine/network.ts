import {docker} from './docker.js'

/** A network of one lab cloud, from which every machine has an address that a reboot does not change. */
export interface Network {
  readonly name: string
  /** An address that no machine had before, so that a host key that was learned there is never somebody else's. */
  readonly newAddress: () => string
}

const ADDRESSES = 1022

export async function makeNetwork(name: string, labels: readonly string[]): Promise<Network> {
  const base = await createInFreeRange(name, labels)
  // The first address is the bridge's.
  let last = 1
  return {
    name,
    newAddress: () => {
      last++
      if (last > ADDRESSES) throw new Error(`All addresses of the network ${name} have been used`)
      return `10.213.${base + (last >> 8)}.${last & 255}`
    },
  }
}

async function createInFreeRange(name: string, labels: readonly string[]): Promise<number> {
  for (let base = 0; ; base += 4) {
    try {
      await docker('network', 'create', ...labels, '--subnet', `10.213.${base}.0/22`, name)
      return base
    } catch (error) {
      if (base >= 252 || !String(error).includes('overlaps')) throw error
    }
  }
}
