import type {Transport} from '../core/transport.js'
import type {HostTools} from './host.js'

/** A directory on a host, and what there is to ask it with. */
export interface Place {
  readonly transport: Transport
  readonly root: string
  readonly tools: HostTools
  readonly signal: AbortSignal
}
