import type {LeaseOperations} from '../core/provider.js'

/** What the archive needs of a provider: a place to put files, and a shell to put them there with. */
export type ArchiveLeases = Pick<LeaseOperations, 'acquire' | 'connect' | 'release' | 'shareHost'>
