import {ACCOUNT, type Region} from './account/region.js'
import type {Group, Image, Instance, KeyPair, Rule, Snapshot, Volume} from './account/resources.js'

/** What the account has in all regions, without what is there from the beginning: what a test left behind. */
export interface State {
  /** Those that are not terminated. */
  readonly instances: readonly Instance[]
  readonly volumes: readonly Volume[]
  readonly images: readonly Image[]
  readonly snapshots: readonly Snapshot[]
  readonly keyPairs: readonly KeyPair[]
  readonly groups: readonly Group[]
  readonly rules: readonly Rule[]
}

export function stateOf(regions: readonly Region[]): State {
  const all = <Resource>(pick: (region: Region) => ReadonlyMap<string, Resource>): Resource[] =>
    regions.flatMap(region => [...pick(region).values()])
  return {
    instances: all(({instances}) => instances).filter(({state}) => state !== 'terminated'),
    volumes: all(({volumes}) => volumes),
    images: all(({images}) => images).filter(({owner}) => owner === ACCOUNT),
    snapshots: all(({snapshots}) => snapshots).filter(({owner}) => owner === ACCOUNT),
    keyPairs: all(({keys}) => keys),
    groups: all(({groups}) => groups).filter(({name}) => name !== 'default'),
    rules: all(({rules}) => rules),
  }
}
