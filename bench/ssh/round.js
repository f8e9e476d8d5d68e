import {join} from 'node:path'

import {measure} from '../measure.js'
import {openSandbox} from '../sandbox.js'

/**
 * A fresh Crabbox with one lease on the host that holds the tree. Everything lies on this machine, so the peer sees it, too.
 * @param through what both sides' clients are started with
 */
export async function openSshRound(tree, index, sshd, port, through) {
  const sandbox = openSandbox(`ssh-${index}`, tree.dir, through)
  const run = (program, args) => {
    const [first, ...words] = [...through, program, ...args]
    return measure(first, words, {env: sandbox.env})
  }
  sandbox.env.HOME = sshd.home
  delete sandbox.env.SSH_AUTH_SOCK
  const {lease} = await sandbox.openLease('warmup', '--host', `127.0.0.1:${port}`)
  await measure('cp', ['-a', `${tree.dir}/.`, lease.workdir])
  const copy = join(sandbox.dir, 'copy')
  return {
    ...sandbox,
    tree,
    lease,
    copy,
    archive: join(sandbox.dir, 'peer.tar.zst'),
    index,
    /** Runs a script there, as `ssh host SCRIPT` does; `redirect` is for what goes in or comes out. */
    remote: (script, redirect) => run('sh', ['-c', `ssh "$@" '${script}' ${redirect}`, 'sh', ...sshd.ssh(port)]),
    rsync: () => run('rsync', ['-a', '--delete', '-e', sshd.rsh(port), `127.0.0.1:${lease.workdir}/`, `${copy}/`]),
    rsyncTo: () => run('rsync', ['-a', '--delete', '-e', sshd.rsh(port), `${tree.dir}/`, `127.0.0.1:${copy}/`]),
    create: name => sandbox.crabbox('checkpoint', 'create', '--id', lease.slug, '--name', name, '--json'),
    stop: async slug => void (await sandbox.crabbox('stop', '--id', slug)),
  }
}
