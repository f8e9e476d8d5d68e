import type {TierHandlers} from '../../core/handlers.js'
import {create} from './create.js'
import {fork} from './fork.js'
import type {HostSnapshotLeases} from './leases.js'
import {probe} from './probe.js'
import {remove} from './remove.js'
import {verify} from './verify.js'

/**
 * Saves a workdir on its host, beside the leases, as a copy that shares all blocks with the source (`cp --reflink`). Works over
 * any transport, on hosts with GNU tools whose file system can do it: Btrfs and XFS. Needs no superuser.
 */
export const hostSnapshot = (leases: HostSnapshotLeases): TierHandlers<'provider-native'> => ({
  guarantees: {
    preserves: [
      'all files below the workdir, as cp -a keeps them: content, modes, owners, times, links, attributes and ACLs',
    ],
    loses: [
      'installed system packages and services',
      'running processes and memory',
      'everything outside the workdir, and what is mounted in it',
      '.crabbox/env and .crabbox/scripts',
      'everything when the disk of the host is lost: it stays there, and can be forked and restored there only',
    ],
    cost: "the host's disk: nothing at first, since blocks are shared, and then what is changed or removed in the source",
    retention: 'until it is deleted, also when the source is released; as long as the host keeps its disk',
    security: "readable by the lease's user on the host only; holds whatever the workdir held, secrets included",
  },
  probe: (lease, context) => probe(leases, lease, context),
  create: (request, context) => create(leases, request, context),
  fork: (request, context) => fork(leases, request, context),
  delete: (checkpoint, context) => remove(leases, checkpoint, context),
  verify: (checkpoint, context) => verify(leases, checkpoint, context),
})
