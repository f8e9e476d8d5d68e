import {APT} from './first-boot-packages.js'

/** Where a machine finds what EC2's metadata service would tell it. Not below /var/lib/cloud, which `cloud-init clean` empties. */
export const SEED = '/lab/imds'

export const BOOT = '/usr/local/sbin/lab-boot'

/**
 * What systemd does on a real machine, in the same order: the stages of cloud-init at every boot, and the SSH server
 * as soon as the host keys are there, long before the user-data's commands have run. The server is nobody's child, for
 * cloud-init restarts it when the user-data has something to say about passwords. A stage that fails or stays is tried a second time,
 * with a word about it: a machine that never comes up would cost a test its patience, and tell nobody why.
 */
export const BOOT_SCRIPT = `#!/bin/bash
exec 2>&1
mkdir -p /run/sshd /run/lock
find /tmp -mindepth 1 -delete
if [ ! -s /etc/machine-id ] || grep -qx uninitialized /etc/machine-id; then
  rm -f /etc/machine-id
  systemd-machine-id-setup
fi
stage() {
  timeout 60 cloud-init "$@" && return
  echo "lab-boot: cloud-init $* ended with $?, and is tried again"
  ps -ef
  timeout 60 cloud-init "$@"
}
stage init --local
stage init
/usr/sbin/sshd
trap 'exit 0' TERM
stage modules --mode=config
stage modules --mode=final
if ! pgrep -x sshd; then
  echo 'lab-boot: sshd is gone, and is started again'
  /usr/sbin/sshd
fi
sleep infinity &
wait
`

/** No stage may look for a cloud beside the seed, or spend time on what a container cannot have. */
export const CLOUD_CONFIG = `datasource_list: [NoCloud, None]
datasource: {NoCloud: {seedfrom: file://${SEED}/}}
system_info: {default_user: {name: ubuntu}, apt_get_command: [${APT}, --assume-yes, --quiet]}
apt: {preserve_sources_list: true}
locale: false
`
