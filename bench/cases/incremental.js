import {edit} from '../round.js'
import {laterCreate} from './later-create.js'

export const incremental = laterCreate({
  name: 'incremental',
  checkpoint: 'second',
  what: 'create after a one-file edit',
  change: round => edit(round.lease.workdir),
  targets: {seconds: 0.25, bytes: 0.01},
})
