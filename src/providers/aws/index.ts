import {defineProvider} from '../../core/provider.js'
import {recipe} from '../../tiers/recipe.js'
import {workspaceArchive} from '../../tiers/workspace-archive.js'
import {workspaceArchiveRestore} from '../../tiers/workspace-archive-restore.js'
import {awsAmi} from './ami/index.js'
import {images} from './images.js'
import {awsLeases} from './leases.js'
import {recoverAws} from './recover.js'

/** Leases that are machines on AWS. */
export const aws = defineProvider({
  name: 'aws',
  summary: 'Linux machines on EC2, each with a key of its own; checkpoints can be whole machines.',
  machines: true,
  leases: awsLeases,
  tiers: {recipe: recipe(), 'workspace-archive': workspaceArchive(awsLeases), 'aws-ami': awsAmi},
  restores: {'workspace-archive': workspaceArchiveRestore(awsLeases)},
  images,
  recover: recoverAws,
})
