import type {Transport} from '../core/transport.js'
import type {HostTools} from './host.js'
import type {Manifest} from './manifest.js'
import type {RestorePlan} from './plan.js'
import type {Twin} from './twin.js'
import type {Witness} from './witness.js'

/** New content of a workdir, and what it takes to build that beside it. */
export interface StageRequest {
  readonly transport: Transport
  readonly target: string
  /** Waits for what may be copied instead of sent; null: nothing. */
  readonly twin: () => Promise<Twin | null>
  /** Which attempt may go on with what it has left; empty: none. */
  readonly attempt: string
  /** Who builds it. */
  readonly owner: string
  /** Whether there is nothing in the target. */
  readonly empty: boolean
  readonly plan: RestorePlan
  readonly manifest: Manifest
  readonly layersDirectory: string
  readonly tools: HostTools
  /** The newest change time that the target was listed with; empty: none. */
  readonly since: string
  /** Is told what is taken over from the target. */
  readonly witness: Witness
}
