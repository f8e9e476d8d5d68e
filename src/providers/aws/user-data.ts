import type {LeaseKey} from './keys.js'

/** The account on every machine. */
export const USER = 'crabbox'
/** The directory that holds the directories of leases. */
export const WORK_ROOT = '/work'
/** What the first boot of a lease writes when it is through. */
export const READY_FILE = '/var/lib/crabbox/ready'

// cloud-init runs what follows a command that failed, so one script does it all and says how it went.
const SET_UP = `tools() {
  missing=
  for tool in git tar zstd; do command -v "$tool" >/dev/null || missing="$missing $tool"; done
  [ -z "$missing" ] || {
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y -q $missing
  }
}
install -d -o ${USER} -g ${USER} -m 0755 ${WORK_ROOT} && tools && went=ready || went=failed
umask 027
mkdir -p ${READY_FILE.replace(/\/[^/]+$/, '')} && chmod 755 ${READY_FILE.replace(/\/[^/]+$/, '')}
printf '%s %s\\n' "$went" "$1" > ${READY_FILE} && chgrp ${USER} ${READY_FILE}`

/**
 * What cloud-init does at the first boot of a machine. JSON is YAML, and quotes itself. The file at the end tells how it
 * went, and bears what only this lease's user-data says: a file of that name on an image is another lease's.
 */
export function userData({publicKey, token}: Pick<LeaseKey, 'publicKey' | 'token'>): string {
  const config = {
    users: [
      {
        name: USER,
        shell: '/bin/bash',
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        lock_passwd: true,
        ssh_authorized_keys: [publicKey],
      },
    ],
    ssh_pwauth: false,
    ssh_deletekeys: true,
    disable_root: true,
    // Before the account gets its key: what the image may have brought along opens nothing.
    bootcmd: [['cloud-init-per', 'instance', 'crabbox-access', 'rm', '-f', `/home/${USER}/.ssh/authorized_keys`]],
    runcmd: [['sh', '-c', SET_UP, 'crabbox', token]],
  }
  return `#cloud-config\n${JSON.stringify(config, null, 1)}\n`
}
