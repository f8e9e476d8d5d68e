import {renew} from '../round.js'
import {laterCreate} from './later-create.js'

/** As a second `npm ci` does. */
export const renewed = laterCreate({
  name: 'renewed',
  checkpoint: 'third',
  what: 'create after every file was made anew',
  change: round => renew(round.tree, round.lease.workdir),
  targets: {seconds: 1, bytes: 0.05},
})
