import {setMaxListeners} from 'node:events'

import {Command} from '@oclif/core'

import {configError, interruptedError, type CrabboxError} from '../core/errors.js'
import type {Settings} from '../core/settings.js'
import type {Environment} from '../operations/environment.js'
import type {Interruption} from '../operations/recover.js'
import {defaultStateDir, prepareStateDir} from '../state/paths.js'
import {terminalAsk} from './ask.js'
import {failureOf, printable, type Failure} from './errors.js'
import {terminalProgress, warningsOnly} from './progress.js'
import {visible} from './visible.js'

function whereYouAre(): string {
  try {
    return process.cwd()
  } catch (error) {
    throw configError(
      'DIRECTORY_GONE',
      'the directory that you are in is not there any more',
      'Go to another one.',
      error,
    )
  }
}

/** What every command of Crabbox shares: its environment, its errors, Ctrl-C. */
export abstract class CrabboxCommand extends Command {
  static override enableJsonFlag = true

  private readonly done = new AbortController()

  /** What `changing` has cleaned up. */
  protected interruptions: readonly Interruption[] = []

  override log(text = ''): void {
    super.log(visible(text))
  }

  /** What operations need. Ctrl-C and a hang-up abort its signal. */
  protected async environment(): Promise<Environment> {
    const progress = this.jsonEnabled() ? warningsOnly(process.stderr) : terminalProgress(process.stderr)
    const {openRegistry} = await import('./registry.js')
    const registry = openRegistry(this.config, progress.warn)
    const signal = this.abortOnSignals()
    const ask = this.jsonEnabled() ? null : terminalAsk(signal)
    return {
      ...(ask === null ? {} : {ask}),
      settings: this.settings({registry, progress}),
      registry,
      progress,
      signal,
      done: this.toldWhenDone(),
      stateDir: defaultStateDir(process.env),
      version: this.config.version,
      cwd: whereYouAre(),
    }
  }

  /** The environment of a command that changes something: what an earlier one left half done is cleaned up and told of first. */
  protected async changingEnvironment(): Promise<Environment> {
    return this.changing(await this.environment())
  }

  /** The same for an environment that there is already. */
  protected async changing(environment: Environment): Promise<Environment> {
    const {recover, toldOf} = await import('../operations/recover.js')
    await prepareStateDir(environment.stateDir)
    this.interruptions = await recover(environment)
    for (const interruption of this.interruptions) environment.progress.warn(toldOf(interruption))
    return environment
  }

  /** What Ctrl-C is told of as. */
  protected interruption(): CrabboxError {
    return interruptedError(this.id?.replaceAll(':', ' '))
  }

  /** Read when a provider asks for the first time: most commands need none. */
  private settings({
    registry,
    progress,
  }: Pick<Environment, 'registry' | 'progress'>): (provider: string) => Promise<Settings> {
    const read = new Map<string, Promise<Settings>>()
    return provider => {
      const known =
        read.get(provider) ??
        import('./config/configuration.js').then(({loadSettings}) =>
          loadSettings(provider, {cwd: process.cwd(), registry, progress}, process.env),
        )
      read.set(provider, known)
      return known
    }
  }

  private abortOnSignals(): AbortSignal {
    const controller = new AbortController()
    // Every command that runs on a lease listens, and there may be many.
    setMaxListeners(0, controller.signal)
    const abort = (): void => {
      // The user has asked twice: whatever still runs is not waited for.
      // eslint-disable-next-line no-restricted-properties
      if (controller.signal.aborted) process.exit(130)
      controller.abort(this.interruption())
    }

    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, abort)
    return controller.signal
  }

  private toldWhenDone(): AbortSignal {
    setMaxListeners(0, this.done.signal)
    return this.done.signal
  }

  protected override async catch(error: Error): Promise<unknown> {
    if ('oclif' in error && error.name === 'ExitError') throw error
    if (process.env['CRABBOX_DEBUG'] !== undefined) process.stderr.write(`${error.stack ?? ''}\n`)
    const failure = failureOf(error)
    process.exitCode = failure.exit
    if (!this.jsonEnabled()) throw printable(failure)
    this.logJson({error: this.failureJson(failure)})
    return undefined
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.done.abort()
    await super.finally(error)
  }

  private failureJson({code, message, hint, exit}: Failure): Record<string, unknown> {
    return {code, message, hint, exit}
  }
}
