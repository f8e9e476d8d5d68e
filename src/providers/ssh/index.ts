import {defineProvider} from '../../core/provider.js'
import {recipe} from '../../tiers/recipe.js'
import {workspaceArchive} from '../../tiers/workspace-archive.js'
import {workspaceArchiveRestore} from '../../tiers/workspace-archive-restore.js'
import {sshLeases} from './leases.js'

/** Leases that are directories on any POSIX host with an SSH server. */
export const ssh = defineProvider({
  name: 'ssh',
  summary: 'Directories on hosts that you can log in to; isolates files only.',
  hosts: true,
  leases: sshLeases,
  tiers: {recipe: recipe(), 'workspace-archive': workspaceArchive(sshLeases)},
  restores: {'workspace-archive': workspaceArchiveRestore(sshLeases)},
})
