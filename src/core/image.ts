import type {Context} from './context.js'
import type {CheckpointId} from './ids.js'
import type {MachineChoice} from './lease.js'

/** An image that new leases of its provider boot from, in its region and on its architecture. */
export interface PromotedImage {
  /** The provider's own name of it. */
  readonly id: string
  readonly provider: string
  readonly region: string
  readonly architecture: string
  /** The checkpoint that it belongs to; null for other images. */
  readonly checkpoint: CheckpointId | null
  /** ISO 8601, UTC. */
  readonly promotedAt: string
}

/** What can be done with images. */
export interface ImageOperations {
  /** Marks an image at the backend and says what it is. Throws where it cannot be booted from. */
  readonly promote: (
    image: string,
    checkpoint: CheckpointId | null,
    machine: MachineChoice,
    context: Context,
  ) => Promise<PromotedImage>
  /** Takes the mark back. An image that is gone is success. */
  readonly demote: (image: PromotedImage, context: Context) => Promise<void>
}
