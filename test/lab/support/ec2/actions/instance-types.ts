import {INSTANCE_TYPES, type InstanceType} from '../account/instance-types.js'
import {Ec2Error} from '../protocol/ec2-error.js'
import {passes} from '../protocol/filters.js'
import {page} from '../protocol/page.js'
import type {Xml} from '../protocol/xml.js'
import type {Action} from './action.js'

export const DescribeInstanceTypes: Action = (_, params) => {
  const names = params.texts('InstanceType')
  const unknown = names.filter(name => !INSTANCE_TYPES.has(name))
  if (unknown.length > 0)
    throw new Ec2Error(
      'InvalidInstanceType',
      `The following supplied instance types do not exist: [${unknown.join(', ')}]`,
    )
  const types = [...INSTANCE_TYPES.values()]
    .filter(({name}) => names.length === 0 || names.includes(name))
    .filter(({name, architecture, cpus}) =>
      passes(
        params,
        {
          'instance-type': name,
          'processor-info.supported-architecture': architecture,
          'vcpu-info.default-vcpus': String(cpus),
        },
        new Map(),
      ),
    )
  return () => page(params, 'instanceTypeSet', types.map(describe))
}

const describe = ({name, architecture, cpus, memory}: InstanceType): Xml => ({
  instanceType: name,
  currentGeneration: true,
  supportedUsageClasses: ['on-demand', 'spot'],
  processorInfo: {supportedArchitectures: [architecture]},
  vCpuInfo: {defaultVCpus: cpus},
  memoryInfo: {sizeInMiB: memory},
})
