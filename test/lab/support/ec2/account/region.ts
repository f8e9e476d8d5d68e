import type {Machines} from '../machine/machines.js'
import {malformedId, notFound, type Kind} from '../protocol/ec2-error.js'
import {baseImages} from './base-images.js'
import {newId} from './ids.js'
import type {Group, Image, Instance, KeyPair, Rule, Snapshot, Volume, Vpc} from './resources.js'
import type {Settings} from './settings.js'

/** The account of whoever calls. */
export const ACCOUNT = '123456789012'

/** What the account has in one region. Regions know nothing of each other, as in EC2. */
export class Region {
  readonly instances = new Map<string, Instance>()
  readonly volumes = new Map<string, Volume>()
  readonly images = new Map<string, Image>()
  readonly snapshots = new Map<string, Snapshot>()
  readonly keys = new Map<string, KeyPair>()
  readonly groups = new Map<string, Group>()
  readonly rules = new Map<string, Rule>()
  /** What was launched for a client token, and with which parameters. */
  readonly tokens = new Map<string, {readonly call: string; readonly instance: Instance}>()
  private readonly allVpcs: readonly Vpc[] = [
    {id: newId('vpc'), subnet: newId('subnet'), isDefault: true, cidr: '172.31.0.0/16'},
    {id: newId('vpc'), subnet: newId('subnet'), isDefault: false, cidr: '10.0.0.0/16'},
  ]

  constructor(
    readonly name: string,
    readonly machines: Machines,
    readonly settings: Settings,
    docker: string,
  ) {
    for (const {image, snapshot} of baseImages(docker)) {
      this.images.set(image.id, image)
      this.snapshots.set(snapshot.id, snapshot)
    }

    for (const {id: vpc} of this.allVpcs) {
      const id = newId('sg')
      this.groups.set(id, {id, name: 'default', description: 'default VPC security group', vpc, tags: new Map()})
    }
  }

  get zone(): string {
    return `${this.name}a`
  }

  vpcs(): readonly Vpc[] {
    return this.allVpcs.filter(({isDefault}) => !isDefault || this.settings.hasDefaultVpc)
  }
}

/** What has an id that a call names, or the error that EC2 answers. */
export function find<Resource>(kind: Kind, resources: ReadonlyMap<string, Resource>, id: string): Resource {
  const resource = resources.get(id)
  if (resource !== undefined) return resource
  throw /^[a-z]+-[\da-f]{8,17}$/.test(id) ? notFound(kind, id) : malformedId(kind, id)
}

/** Like `find`, for a look that may come too early: what is new shows itself only after some of them. */
export function see<Resource extends {hidden: number}>(
  kind: Kind,
  resources: ReadonlyMap<string, Resource>,
  ids: readonly string[],
): Resource[] {
  const named = ids.map(id => ({id, resource: find(kind, resources, id)}))
  const looked = ids.length > 0 ? named : [...resources].map(([id, resource]) => ({id, resource}))
  const early = looked.filter(({resource}) => resource.hidden > 0)
  for (const {resource} of early) resource.hidden--
  const [first] = early
  if (first !== undefined && ids.length > 0) throw notFound(kind, first.id)
  return looked.filter(one => !early.includes(one)).map(({resource}) => resource)
}
