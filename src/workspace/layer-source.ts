import type {LayerDescriptor} from './layer/descriptor.js'

/** Where layers lie and what they look like. */
export interface LayerSource {
  readonly directory: string
  readonly layers: ReadonlyMap<string, LayerDescriptor>
  /** Whether the descriptors are known to be those that were stored. Default: no. */
  readonly sealed?: boolean
}
