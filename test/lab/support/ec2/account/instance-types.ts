import type {Architecture} from './resources.js'

export interface InstanceType {
  readonly name: string
  readonly architecture: Architecture
  readonly cpus: number
  /** In MiB. */
  readonly memory: number
}

const CPUS = {
  ...{large: 2, xlarge: 4, '2xlarge': 8, '4xlarge': 16, '8xlarge': 32, '12xlarge': 48, '16xlarge': 64},
  ...{'24xlarge': 96, '32xlarge': 128, '48xlarge': 192},
} as const

type Size = keyof typeof CPUS

const TO_16 = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'] as const

const FAMILIES: readonly {name: string; architecture: Architecture; sizes: readonly Size[]; gibPerCpu: number}[] = [
  {name: 'c7a', architecture: 'x86_64', sizes: [...TO_16, '24xlarge', '32xlarge', '48xlarge'], gibPerCpu: 2},
  {name: 'c7i', architecture: 'x86_64', sizes: [...TO_16, '24xlarge', '48xlarge'], gibPerCpu: 2},
  {name: 'm7a', architecture: 'x86_64', sizes: [...TO_16, '24xlarge', '32xlarge', '48xlarge'], gibPerCpu: 4},
  {name: 'm7i', architecture: 'x86_64', sizes: [...TO_16, '24xlarge', '48xlarge'], gibPerCpu: 4},
  {name: 'c7g', architecture: 'arm64', sizes: TO_16, gibPerCpu: 2},
  {name: 'm7g', architecture: 'arm64', sizes: TO_16, gibPerCpu: 4},
]

/** The types that the lab cloud has: as many CPUs and as much memory as EC2 says, and none of it in fact. */
export const INSTANCE_TYPES: ReadonlyMap<string, InstanceType> = new Map(
  [
    ...FAMILIES.flatMap(({name, architecture, sizes, gibPerCpu}) =>
      sizes.map(size => ({
        name: `${name}.${size}`,
        architecture,
        cpus: CPUS[size],
        memory: CPUS[size] * gibPerCpu * 1024,
      })),
    ),
    {name: 't3.small', architecture: 'x86_64', cpus: 2, memory: 2048} as const,
    {name: 't4g.small', architecture: 'arm64', cpus: 2, memory: 2048} as const,
  ].map(type => [type.name, type]),
)
