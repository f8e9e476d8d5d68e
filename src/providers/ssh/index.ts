import {defineProvider} from '../../core/provider.js'
import {hostSnapshot} from '../../tiers/host-snapshot/index.js'
import {hostSnapshotRestore} from '../../tiers/host-snapshot/restore.js'
import {recipe} from '../../tiers/recipe.js'
import {workspaceArchive} from '../../tiers/workspace-archive.js'
import {workspaceArchiveRestore} from '../../tiers/workspace-archive-restore.js'
import {reachHost, sshLeases} from './leases.js'

const onHosts = {...sshLeases, reach: reachHost}

/** Leases that are directories on any POSIX host with an SSH server. */
export const ssh = defineProvider({
  name: 'ssh',
  summary: 'Directories on hosts that you can log in to; isolates files only.',
  hosts: true,
  leases: sshLeases,
  tiers: {
    recipe: recipe(),
    'workspace-archive': workspaceArchive(sshLeases),
    'provider-native': hostSnapshot(onHosts),
  },
  restores: {
    'workspace-archive': workspaceArchiveRestore(sshLeases),
    'provider-native': hostSnapshotRestore(onHosts),
  },
})
