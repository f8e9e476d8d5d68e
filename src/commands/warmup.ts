import {Flags} from '@oclif/core'

import {CrabboxCommand} from '../cli/command.js'
import {newLeaseOf, placementFlags} from '../cli/placement.js'
import {loadConfiguration} from '../cli/config/configuration.js'
import {dryRunFlag} from '../cli/flags.js'
import {parseSlug} from '../core/ids.js'
import type {Lease} from '../core/lease.js'
import {planWarmup, warmup} from '../operations/acquire.js'

export default class Warmup extends CrabboxCommand {
  static override summary = 'Lease a machine for the repository that you are in.'
  static override description =
    'Exit codes: 2 usage, 3 configuration, 4 unknown provider, 5 the provider failed, 6 the slug is taken.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --slug bug-1234 --ttl 12h',
    '<%= config.bin %> <%= command.id %> --host me@build.example',
    '<%= config.bin %> <%= command.id %> --provider aws --class beast --dry-run',
  ]
  static override flags = {
    ...placementFlags,
    'dry-run': dryRunFlag,
    slug: Flags.string({description: 'name of the lease (default: two words)'}),
  }

  async run(): Promise<Lease | {readonly plan: readonly string[]; readonly dryRun: true}> {
    const {flags} = await this.parse(Warmup)
    const slug = flags.slug === undefined ? null : parseSlug(flags.slug)
    const environment = await this.environment()
    const configuration = await loadConfiguration(environment, process.env)
    const wish = {...newLeaseOf(flags, configuration), slug}
    if (flags['dry-run']) {
      const plan = await planWarmup(wish, {...environment, hosts: configuration.hosts ?? []})
      for (const [i, line] of plan.entries()) this.log(`${i === 0 ? 'would lease ' : '  '}${line}`)
      return {plan, dryRun: true}
    }

    const lease = await warmup(wish, await this.changing({...environment, hosts: configuration.hosts ?? []}))
    this.log(`${lease.slug} is ready (${lease.id}, ${lease.provider}, ${lease.class})`)
    const {host, address, region, type} = lease.details
    if (host !== undefined) this.log(`host:    ${host}`)
    if (address !== undefined) this.log(`machine: ${[type, region, address].filter(Boolean).join(', ')}`)
    this.log(`workdir: ${lease.workdir}`)
    return lease
  }
}
