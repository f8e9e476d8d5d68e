import {startDropbear} from './support/dropbear.js'
import {describeSshHost} from './support/ssh-conformance.js'
import {startSshd} from './support/sshd.js'

describeSshHost('the ssh provider with OpenSSH', () => startSshd())
describeSshHost('the ssh provider with dropbear', () => startDropbear(process.env['PATH'] ?? ''))
