import {Args, Flags} from '@oclif/core'

import {CrabboxCommand} from '../../cli/command.js'
import {loadHosts} from '../../cli/config/configuration.js'
import {parseDuration} from '../../cli/duration.js'
import {describeFork, describeForkPlan} from '../../cli/describe-fork.js'
import {failureOf, type Failure} from '../../cli/errors.js'
import {classFlag, dryRunFlag, ttlFlag} from '../../cli/flags.js'
import {HOST_PROVIDER, hostFlags, hostOf, machineFlags, machineOf} from '../../cli/placement.js'
import {repoHere} from '../../cli/repo-here.js'
import {wordsOf} from '../../cli/words.js'
import {usageError} from '../../core/errors.js'
import {parseSlug} from '../../core/ids.js'
import type {Lease} from '../../core/lease.js'
import {forkAndRun, type ForkOutcome} from '../../operations/fork-and-run.js'
import {planFork} from '../../operations/fork-plan.js'
import {resolveCheckpoint} from '../../operations/resolve.js'

interface ForkOutput {
  readonly checkpoint: string
  readonly forks: readonly (Extract<ForkOutcome, {lease: Lease}> | {readonly index: number; readonly error: Failure})[]
  readonly dryRun: boolean
}

export default class CheckpointFork extends CrabboxCommand {
  static override summary = 'Open fresh leases from a checkpoint.'
  static override description = `Several are made at the same time, each with a result or an error of its own. A command after -- runs on each;
{{index}}, {{total}}, {{lease}} and {{slug}} in it stand for the fork's number from 1, their count, its id and its slug.
Exit codes: 2 usage, 4 no such checkpoint, 5 provider or transfer (of any fork), 6 busy, 7 the command failed on a fork, 130 interrupted.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> after-npm-ci',
    '<%= config.bin %> <%= command.id %> after-npm-ci --count 4 -- npm test -- --shard {{index}}/{{total}}',
  ]
  static override strict = false
  static override args = {checkpoint: Args.string({description: 'id, unique prefix of it, or name', required: true})}
  static override flags = {
    count: Flags.integer({description: 'how many forks', default: 1}),
    slug: Flags.string({description: 'name of the fork; several get -1, -2, …'}),
    class: classFlag(),
    provider: Flags.string({
      description: 'who hands out the leases (default: where the checkpoint was made)',
      helpValue: 'PROVIDER',
    }),
    ...hostFlags,
    ...machineFlags,
    ttl: ttlFlag,
    'dry-run': dryRunFlag,
  }

  async run(): Promise<ForkOutput> {
    const {args, flags, raw} = await this.parse(CheckpointFork)
    const {count, class: size = null, 'dry-run': dryRun} = flags
    const [, ...command] = wordsOf(raw)
    if (command.length > 0 && !this.argv.includes('--'))
      throw usageError('USAGE', `${command[0]} is one word too many`, 'A command for the forks comes after --.')
    const slug = flags.slug === undefined ? null : parseSlug(flags.slug)
    const ttl = flags.ttl === undefined ? null : parseDuration(flags.ttl)
    const plain = await this.environment()
    const configured = {...plain, hosts: await loadHosts(plain, process.env)}
    const environment = dryRun ? configured : await this.changing(configured)
    const checkpoint = await resolveCheckpoint(environment.stateDir, args.checkpoint, repoHere(environment))
    const provider = flags.provider ?? (flags.host === undefined ? null : HOST_PROVIDER)
    const wish = {checkpoint, slug, ttl, count, class: size, provider, host: hostOf(flags), machine: machineOf(flags)}
    if (dryRun) {
      this.log(describeForkPlan(checkpoint.id, count, await planFork(wish, environment)))
      return {checkpoint: checkpoint.id, forks: [], dryRun}
    }

    const work = {
      command,
      output: this.jsonEnabled() ? process.stderr : process.stdout,
      forked: ({slug, id}: Lease) => this.logToStderr(`forked ${slug} (${id})`),
    }
    const outcomes = await forkAndRun(wish, work, environment)
    if (outcomes.some(({exitCode = 0}) => exitCode !== 0)) process.exitCode = environment.signal.aborted ? 130 : 7
    return {checkpoint: checkpoint.id, forks: outcomes.map(outcome => this.report(outcome, count)), dryRun}
  }

  private report(outcome: ForkOutcome, count: number): ForkOutput['forks'][number] {
    if ('lease' in outcome) {
      for (const line of describeFork(outcome.lease, outcome.exitCode)) this.log(line)
      return outcome
    }

    // One fork that fails is the command's own failure.
    if (count === 1) throw outcome.error
    const error = failureOf(outcome.error)
    process.exitCode = error.exit
    return {index: outcome.index, error}
  }
}
