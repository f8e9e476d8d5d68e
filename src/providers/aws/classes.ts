import type {MachineClass} from '../../core/lease.js'

/** What EC2 calls a processor. */
export type Architecture = 'x86_64' | 'arm64'

/** The types of each class, in the order in which they are tried. */
const TYPES: Readonly<Record<Architecture, Readonly<Record<MachineClass, readonly string[]>>>> = {
  x86_64: {
    tiny: ['m7a.large', 'm7i.large', 'c7a.xlarge', 't3.small'],
    small: ['c7a.2xlarge', 'c7i.2xlarge', 'm7a.xlarge', 't3.small'],
    standard: ['c7a.8xlarge', 'c7i.8xlarge', 'm7a.8xlarge', 'c7a.4xlarge'],
    fast: ['c7a.16xlarge', 'c7i.16xlarge', 'm7a.16xlarge', 'c7a.12xlarge'],
    large: ['c7a.24xlarge', 'c7i.24xlarge', 'm7a.24xlarge', 'c7a.16xlarge'],
    beast: ['c7a.48xlarge', 'c7i.48xlarge', 'm7a.48xlarge', 'c7a.32xlarge', 'c7a.24xlarge'],
  },
  arm64: {
    tiny: ['m7g.large', 'c7g.xlarge', 't4g.small'],
    small: ['c7g.2xlarge', 'm7g.xlarge', 't4g.small'],
    standard: ['c7g.8xlarge', 'm7g.8xlarge', 'c7g.4xlarge'],
    fast: ['c7g.16xlarge', 'm7g.16xlarge', 'c7g.12xlarge'],
    large: ['c7g.16xlarge', 'm7g.16xlarge'],
    beast: ['c7g.16xlarge', 'm7g.16xlarge'],
  },
}

export const typesOf = (size: MachineClass, architecture: Architecture): readonly string[] => TYPES[architecture][size]

/** What EC2 says of an image or a machine; whatever is not ARM is taken for the other. */
export const architectureNamed = (name: string | undefined): Architecture => (name === 'arm64' ? 'arm64' : 'x86_64')

/** A type of a family whose name ends with a g after its number has a Graviton processor, such as `c7g` and `t4gn`. */
export const architectureOf = (type: string): Architecture =>
  /^(?:a1|[a-z]+\d+g[a-z]*)\./.test(type) ? 'arm64' : 'x86_64'
