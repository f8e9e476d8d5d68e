import {Args, Flags} from '@oclif/core'

import {CrabboxCommand} from '../cli/command.js'
import {loadHosts} from '../cli/config/configuration.js'
import {HOST_PROVIDER, hostFlags} from '../cli/placement.js'
import {parseSlug} from '../core/ids.js'
import type {Lease} from '../core/lease.js'
import {adoptLease} from '../operations/adopt.js'

export default class Adopt extends CrabboxCommand {
  static override summary = 'Record a lease that is on a host and not known here.'
  static override description = `For a lease of yours whose record was lost, or that another machine of yours has made. From then on it is used and stopped as any other.
Exit codes: 2 usage, 3 configuration, 4 no such lease on the host, 5 the host failed or the lease is damaged, 6 it is recorded already or the slug is taken.`
  static override examples = ['<%= config.bin %> <%= command.id %> blue-lobster --host me@build.example']
  static override args = {
    'found-lease': Args.string({description: 'id, unique prefix of it, or slug; see list --host', required: true}),
  }
  static override flags = {
    ...hostFlags,
    host: Flags.string({
      description: 'host that it is on: a name from the configuration, or [USER@]HOST[:PORT]',
      helpValue: 'HOST',
      required: true,
    }),
    slug: Flags.string({description: 'name of the lease here (default: as on the host)'}),
  }

  async run(): Promise<Lease> {
    const {args, flags} = await this.parse(Adopt)
    const slug = flags.slug === undefined ? null : parseSlug(flags.slug)
    const plain = await this.environment()
    const environment = await this.changing({...plain, hosts: await loadHosts(plain, process.env)})
    const host = {name: flags.host, acceptNewKey: flags['accept-new-host-key']}
    const lease = await adoptLease({lease: args['found-lease'], provider: HOST_PROVIDER, host, slug}, environment)
    this.log(`${lease.slug} is recorded (${lease.id}, ${lease.provider}, ${lease.class})`)
    this.log(`workdir: ${lease.workdir}`)
    return lease
  }
}
