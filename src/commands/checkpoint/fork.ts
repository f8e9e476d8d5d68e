import {Args, Flags} from '@oclif/core'

import {CrabboxCommand} from '../../cli/command.js'
import {parseDuration} from '../../cli/duration.js'
import {failureOf, type Failure} from '../../cli/errors.js'
import {classFlag, dryRunFlag, ttlFlag} from '../../cli/flags.js'
import {repoHere} from '../../cli/repo-here.js'
import {wordsOf} from '../../cli/words.js'
import {parseSlug} from '../../core/ids.js'
import type {Lease} from '../../core/lease.js'
import type {Environment} from '../../operations/environment.js'
import {forkCheckpoint, planFork, type ForkResult, type ForkWish} from '../../operations/fork.js'
import {runOnForks} from '../../operations/run-on-forks.js'
import {resolveCheckpoint} from '../../operations/resolve.js'

interface ForkOutput {
  readonly checkpoint: string
  readonly forks: readonly {
    readonly index: number
    readonly lease?: Lease
    readonly error?: Failure
    readonly exitCode?: number
  }[]
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
    provider: Flags.string({description: 'who hands out the leases (default: where the checkpoint was made)'}),
    ttl: ttlFlag,
    'dry-run': dryRunFlag,
  }

  async run(): Promise<ForkOutput> {
    const {args, flags, raw} = await this.parse(CheckpointFork)
    const command = wordsOf(raw).slice(1)
    const slug = flags.slug === undefined ? null : parseSlug(flags.slug)
    const ttl = flags.ttl === undefined ? null : parseDuration(flags.ttl)
    const environment = flags['dry-run'] ? await this.environment() : await this.changingEnvironment()
    const checkpoint = await resolveCheckpoint(environment.stateDir, args.checkpoint, repoHere(environment))
    const wish: ForkWish = {
      checkpoint,
      slug,
      ttl,
      count: flags.count,
      class: flags.class ?? null,
      provider: flags.provider ?? null,
    }
    if (flags['dry-run']) {
      const plan = await planFork(wish, environment)
      this.log(
        `would open ${flags.count} ${plan.provider} lease${flags.count === 1 ? '' : 's'} of class ${plan.class} from ${checkpoint.id}`,
      )
      return {checkpoint: checkpoint.id, forks: [], dryRun: true}
    }

    const results = await forkCheckpoint(wish, environment)
    const codes =
      command.length === 0
        ? new Map<string, number>()
        : await this.runEverywhere(results, wish.count, command, environment)
    return {
      checkpoint: checkpoint.id,
      forks: results.map(result => this.report(result, codes, flags.count)),
      dryRun: false,
    }
  }

  private async runEverywhere(
    results: readonly ForkResult[],
    count: number,
    command: readonly string[],
    environment: Environment,
  ): Promise<Map<string, number>> {
    const forks = results.filter(result => 'lease' in result)
    for (const {lease} of forks) this.logToStderr(`forked ${lease.slug} (${lease.id})`)
    const output = this.jsonEnabled() ? process.stderr : process.stdout
    const codes = await runOnForks(forks, count, command, output, environment)
    if ([...codes.values()].some(code => code !== 0)) process.exitCode = environment.signal.aborted ? 130 : 7
    return codes
  }

  private report(result: ForkResult, codes: ReadonlyMap<string, number>, count: number): ForkOutput['forks'][number] {
    if ('error' in result) {
      // One fork that fails is the command's own failure.
      if (count === 1) throw result.error
      const failure = failureOf(result.error)
      process.exitCode = failure.exit
      return {index: result.index, error: failure}
    }

    const {lease, index} = result
    const exitCode = codes.get(lease.id)
    this.log(
      `${lease.slug} is ready (${lease.id}, ${lease.provider}, ${lease.class})${exitCode === undefined ? '' : `: the command ended with ${exitCode}`}`,
    )
    if (exitCode === undefined) this.log(`workdir: ${lease.workdir}`)
    return {index, lease, ...(exitCode === undefined ? {} : {exitCode})}
  }
}
