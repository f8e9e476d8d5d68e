import type {Ask} from './ask.js'
import type {Progress} from './progress.js'

/** What every operation and every handler is given. */
export interface Context {
  /** Aborted when the user or a signal ends the operation. Handlers stop soon after and leave nothing half done. */
  readonly signal: AbortSignal
  readonly progress: Progress
  /** Missing where nobody can be asked. */
  readonly ask?: Ask
  /** The absolute path of Crabbox's state directory. */
  readonly stateDir: string
}
