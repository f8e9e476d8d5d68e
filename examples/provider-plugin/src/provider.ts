import {defineProvider, recipe, workspaceArchive, workspaceArchiveRestore} from 'crabbox'

import {NAME, SUMMARY} from './about.js'
import {leases} from './leases.js'
import {snapshots} from './snapshots.js'

/** Leases that are overlay mounts. Which tiers they can be saved in is what the tables hold. */
export const overlayfs = defineProvider({
  name: NAME,
  summary: SUMMARY,
  leases,
  tiers: {recipe: recipe(), 'workspace-archive': workspaceArchive(leases), 'provider-native': snapshots},
  restores: {'workspace-archive': workspaceArchiveRestore(leases)},
})
