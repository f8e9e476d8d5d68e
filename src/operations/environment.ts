import type {Context} from '../core/context.js'
import type {Registry} from '../providers/registry.js'

/** What every operation works with. */
export interface Environment extends Context {
  readonly registry: Registry
  /** The version that is written into records. */
  readonly version: string
  /** The directory that the user stands in. */
  readonly cwd: string
}
