import {rmSync} from 'node:fs'

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

describeSshHost('the ssh provider with OpenSSH', () => startSshd())
describeSshHost('the ssh provider with OpenSSH and bsdtar', () => startSshd({path: bin('bsdtar')}))
describeSshHost('the ssh provider with dropbear', () => startDropbear(process.env['PATH'] ?? ''))
describeSshHost('the ssh provider with dropbear and busybox', () => startDropbear(bin('busybox')))
