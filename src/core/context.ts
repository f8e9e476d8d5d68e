import type {Ask} from './ask.js'
import type {ConfiguredHost} from './host.js'
import type {Progress} from './progress.js'
import type {Settings} from './settings.js'

/** What every operation and every handler is given. */
export interface Context {
  /** Aborted when the user or a signal ends the operation. Handlers stop soon after and leave nothing half done. */
  readonly signal: AbortSignal
  readonly progress: Progress
  /**
   * Aborted when the command has done all its work: connections that were kept for the next piece of it are closed. Missing: they are
   * not kept.
   */
  readonly done?: AbortSignal
  /** Missing where nobody can be asked. */
  readonly ask?: Ask
  /** The absolute path of Crabbox's state directory. */
  readonly stateDir: string
  /**
   * What the user's configuration says for a provider, by the names that its descriptor has; nothing where none was read.
   * @throws {CrabboxError} `CONFIG_INVALID`, `SETTING_INVALID`
   */
  readonly settings?: (provider: string) => Promise<Settings>
  /** The hosts among which a provider with hosts may choose. Missing where no configuration was read. */
  readonly hosts?: readonly ConfiguredHost[]
}
