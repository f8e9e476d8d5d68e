import type {Tags} from './tags.js'

export type Architecture = 'x86_64' | 'arm64'

export interface StateReason {
  readonly code: string
  readonly message: string
}

export type InstanceState = 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated'

export interface Instance {
  readonly id: string
  readonly reservation: string
  readonly image: string
  readonly type: string
  readonly architecture: Architecture
  readonly key: string | undefined
  readonly token: string | undefined
  readonly spot: string | undefined
  readonly vpc: string
  readonly subnet: string
  readonly launched: Date
  readonly volume: string
  readonly tags: Tags
  groups: string[]
  state: InstanceState
  reason?: StateReason
  /** Its address in the lab's network. A stop and a start give another, as in EC2. */
  address: string
  /** What the machine wrote while it was there, once it is not. */
  console?: string
  /** How many more times a look for it comes too early. */
  hidden: number
  /** What is being done with its container, one thing after the other. */
  work: Promise<void>
}

export interface Volume {
  readonly id: string
  readonly size: number
  readonly encrypted: boolean
  readonly tags: Tags
}

export type ImageState = 'pending' | 'available' | 'failed'

export interface Image {
  readonly id: string
  readonly owner: string
  readonly name: string
  readonly description: string
  readonly architecture: Architecture
  readonly created: Date
  readonly snapshot: string
  readonly size: number
  /** The name of the Docker image. */
  readonly docker: string
  readonly tags: Tags
  /** Looks at it until it is what it becomes, of how many. */
  polls: {left: number; readonly all: number}
  /** Looks at it until it names its snapshot. */
  snapshotPolls: number
  /** Why it fails in the end, if it does. */
  readonly failure: string | undefined
  hidden: number
}

export interface Snapshot {
  readonly id: string
  readonly owner: string
  readonly description: string
  readonly size: number
  readonly bytes: number
  readonly encrypted: boolean
  readonly started: Date
  readonly tags: Tags
  /** Of the image that it was made for, which may be gone: they are complete at the same time. */
  readonly image: Pick<Image, 'polls' | 'failure'>
}

export interface KeyPair {
  readonly id: string
  readonly name: string
  readonly publicKey: string
  readonly created: Date
  readonly tags: Tags
}

export interface Group {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly vpc: string
  readonly tags: Tags
}

/** One rule for one source. */
export interface Rule {
  readonly id: string
  readonly group: string
  readonly protocol: string
  readonly from: number
  readonly to: number
  /** A range of IPv4 or IPv6 addresses, or a group. */
  readonly source: string
  readonly description: string | undefined
  readonly tags: Tags
}

export interface Vpc {
  readonly id: string
  readonly subnet: string
  readonly isDefault: boolean
  readonly cidr: string
}
