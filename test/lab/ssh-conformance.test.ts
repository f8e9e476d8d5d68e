import {rmSync} from 'node:fs'

import {ssh} from '../../src/providers/ssh/index.js'
import {tiersIn} from '../support/tiers-here.js'
import {startDropbear} from './support/dropbear.js'
import {describeSshHost} from './support/ssh-conformance.js'
import {startSshd} from './support/sshd.js'
import {userlandBin} from './support/userland.js'

const made: string[] = []
const bin = (tar: 'busybox' | 'bsdtar'): string => {
  const directory = userlandBin(tar)
  made.push(directory)
  return directory
}

after(() => made.forEach(directory => rmSync(directory, {recursive: true})))

describeSshHost('the ssh provider with OpenSSH and bsdtar', () => startSshd({path: bin('bsdtar')}))
describeSshHost('the ssh provider with dropbear and busybox', () => startDropbear(bin('busybox')))
// `providers verify` runs the suite on OpenSSH with GNU tar; what differs between the others has been seen above.
if (process.env['CRABBOX_LAB_WHOLE'] !== undefined) {
  describeSshHost('the ssh provider with OpenSSH', () => startSshd(), tiersIn(ssh))
  describeSshHost('the ssh provider with dropbear', () => startDropbear(process.env['PATH'] ?? ''))
}
