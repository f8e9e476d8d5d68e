import {CrabboxError} from '../core/errors.js'
import type {TierHandlers} from '../core/handlers.js'
import {probeHost} from '../workspace/host.js'
import {archiveStore} from '../workspace/store.js'
import {verifyArchive} from '../workspace/verify-archive.js'
import {collectGarbage} from './archive-garbage.js'
import type {ArchiveLeases} from './archive-leases.js'
import {forkGroups} from './fork-group.js'
import {withTransportAgain} from './with-transport.js'
import {createArchive} from './workspace-archive-create.js'
import {forkArchive} from './workspace-archive-fork.js'

/** Saves a workdir into layers in the state directory. Works over any transport, and between providers. */
export const workspaceArchive = (leases: ArchiveLeases): TierHandlers<'workspace-archive'> => {
  const groups = forkGroups()
  return {
    guarantees: {
      preserves: [
        'all files below the workdir: content, modes, owners, times, links, sparseness, extended attributes and ACLs',
      ],
      loses: [
        'installed system packages and services',
        'running processes and memory',
        'everything outside the workdir',
        '.crabbox/env and .crabbox/scripts, sockets, device nodes',
      ],
      cost: 'local disk: compressed, and only what changed since the parent checkpoint',
      retention: 'until it is deleted',
      security: 'readable by your user only; holds whatever the workdir held, secrets included',
    },
    probe: (lease, context) =>
      withTransportAgain(leases, lease, context, async transport => {
        await probeHost(transport, context.signal)
        return {ok: true} as const
      }).catch((error: unknown) => {
        // A host that is out of reach is no reason to choose another tier.
        if (error instanceof CrabboxError && error.code === 'HOST_TOOLS_UNSUPPORTED')
          return {ok: false, reason: error.message} as const
        throw error
      }),
    createProbes: true,
    create: (request, context) => createArchive(leases, request, context),
    fork: (request, context) => forkArchive(leases, groups, request, context),
    delete: (checkpoint, context) => collectGarbage(context.stateDir, checkpoint),
    verify: ({id, artifact}, context) => verifyArchive(archiveStore(context.stateDir), id, artifact, context),
  }
}
