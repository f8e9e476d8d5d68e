import {throwIfAborted} from '../../core/errors.js'
import {defineProvider, type LeaseOperations} from '../../core/provider.js'
import {hostSnapshot} from '../../tiers/host-snapshot/index.js'
import {hostSnapshotRestore} from '../../tiers/host-snapshot/restore.js'
import {recipe} from '../../tiers/recipe.js'
import {workspaceArchive} from '../../tiers/workspace-archive.js'
import {workspaceArchiveRestore} from '../../tiers/workspace-archive-restore.js'
import {localTransport} from '../../transports/local.js'
import {makeDirectory, removeDirectory, requireDirectory, statusOf} from './directory.js'

const leases: LeaseOperations = {
  acquire: async (request, context) => {
    throwIfAborted(context.signal)
    return makeDirectory(context.stateDir, request)
  },
  connect: async (lease, context) => {
    await requireDirectory(context.stateDir, lease.id)
    return localTransport()
  },
  shareHost: () => true,
  status: (lease, context) => statusOf(context.stateDir, lease.id),
  release: (lease, context) => removeDirectory(context.stateDir, lease.id),
}

const onThisMachine = {...leases, reach: async () => localTransport()}

/** Leases that are directories on this machine. The default: it needs nothing. */
export const local = defineProvider({
  name: 'local',
  summary: 'Directories on this machine; needs nothing, isolates files only.',
  leases,
  tiers: {
    recipe: recipe(),
    'workspace-archive': workspaceArchive(leases),
    'provider-native': hostSnapshot(onThisMachine),
  },
  restores: {
    'workspace-archive': workspaceArchiveRestore(leases),
    'provider-native': hostSnapshotRestore(onThisMachine),
  },
})
