import {Args, Flags} from '@oclif/core'

import {CrabboxCommand} from '../../cli/command.js'
import {loadHosts} from '../../cli/config/configuration.js'
import {classFlag, dryRunFlag} from '../../cli/flags.js'
import {hostFlags, hostOf, machineFlags, machineOf} from '../../cli/placement.js'
import {requireConsent} from '../../cli/verification/consent.js'
import {failureOf, linesOf, reportOf, summaryOf, type VerificationReport} from '../../cli/verification/report.js'
import {selectCases} from '../../cli/verification/select.js'
import {EXIT, throwIfAborted} from '../../core/errors.js'
import {clearVerifications, openVerification} from '../../operations/verification.js'
import {availableTiers} from '../../testing/available-tiers.js'
import {CONFORMANCE_OPERATIONS, type ConformanceOperation} from '../../testing/case.js'
import {conformanceCases} from '../../testing/conformance.js'
import {runConformance} from '../../testing/run.js'

export default class ProvidersVerify extends CrabboxCommand {
  static override summary = 'Prove that a provider does what the contract says, on its real backend.'
  static override description = `Runs the conformance suite: every case leases what it needs and gives it back. Your leases and checkpoints are not touched.
Exit codes: 0 it conforms, 2 usage, 3 configuration, 4 unknown provider, 5 it does not conform, 130 interrupted.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> local',
    '<%= config.bin %> <%= command.id %> ssh --host me@build.example',
    '<%= config.bin %> <%= command.id %> local --only fork --only restore --json',
  ]
  static override args = {provider: Args.string({description: "the provider's name", required: true})}
  static override flags = {
    ...hostFlags,
    ...machineFlags,
    class: classFlag(),
    only: Flags.option({
      options: CONFORMANCE_OPERATIONS as unknown as ConformanceOperation[],
      multiple: true,
      description: 'cases of this operation only',
    })(),
    yes: Flags.boolean({description: 'lease machines that cost money without being asked'}),
    'dry-run': dryRunFlag,
  }

  async run(): Promise<VerificationReport | {readonly cases: readonly string[]; readonly dryRun: true}> {
    const {args, flags} = await this.parse(ProvidersVerify)
    const plain = await this.environment()
    const provider = await plain.registry.get(args.provider)
    const environment = {...plain, hosts: await loadHosts(plain, process.env)}
    const size = flags.class ?? 'tiny'
    const wanted = {provider, host: hostOf(flags), class: size, machine: machineOf(flags)}
    if (flags['dry-run']) {
      const cases = selectCases(conformanceCases({...wanted, context: environment}), flags.only)
      for (const name of cases.map(entry => entry.name)) this.log(`would run  ${name}`)
      return {cases: cases.map(entry => entry.name), dryRun: true}
    }

    await requireConsent(provider, size, flags.yes, environment)
    const changing = await this.changing(environment)
    for (const line of await clearVerifications(changing)) changing.progress.warn(line)
    const place = await openVerification(provider, changing)
    const subject = {...wanted, context: place.context, keeper: place}
    const {tiers, unavailable} = await availableTiers(subject)
    const cases = selectCases(conformanceCases({...subject, tiers}), flags.only)
    const {results} = await runConformance(cases, {
      signal: changing.signal,
      onResult: result => linesOf(result).forEach(line => this.log(line)),
    })
    const report = reportOf(provider, unavailable, results, cases.length, await place.close())
    for (const line of summaryOf(report)) this.log(line)
    throwIfAborted(changing.signal)
    const failure = failureOf(report)
    if (failure === null) return report
    if (!this.jsonEnabled()) throw failure
    process.exitCode = EXIT.provider
    return report
  }
}
