import assert from 'node:assert/strict'
import {spawn, type ChildProcessWithoutNullStreams} from 'node:child_process'
import {once} from 'node:events'
import {createInterface} from 'node:readline'
import {setTimeout as sleep} from 'node:timers/promises'

import {ADMITTED, BACK, MOVE, TAKE_OFF} from '../../src/providers/aws/ami/identity-script.js'
import {describeInCloud} from './support/ec2/in-cloud.js'
import {docker} from './support/ec2/machine/docker.js'
import {ensureMachineImage} from './support/ec2/machine/image.js'
import {LABEL} from './support/ec2/machine/leftovers.js'

const PREPARE = `set -e
rm -f /etc/machine-id && systemd-machine-id-setup >/dev/null 2>&1
ssh-keygen -A >/dev/null
mkdir -p /home/crabbox/.ssh /home/other/.ssh /var/lib/cloud/instance /var/lib/crabbox /root/.ssh
echo 'ssh-ed25519 KEYKEY mine' > /home/crabbox/.ssh/authorized_keys
printf 'ssh-ed25519 KEYKEY mine\\nssh-ed25519 OTHER theirs\\n' > /home/other/.ssh/authorized_keys
echo once > /var/lib/cloud/instance/sem
echo token > /var/lib/crabbox/ready
echo 'rm -rf secret' > /root/.bash_history`

const STATE =
  'cat /etc/machine-id /etc/ssh/ssh_host_*_key /home/*/.ssh/authorized_keys /var/lib/cloud/instance/sem /var/lib/crabbox/ready /root/.bash_history 2>/dev/null | sha256sum; ls /run/crabbox 2>/dev/null || true'

/** The scripts on a machine of their own, where each way of ending can be had at once. */
describeInCloud('the identity of a machine', () => {
  let container: string
  let state: string
  const shell = (script: string): Promise<string> => docker('exec', container, 'sh', '-c', script)
  before(async () => {
    const image = await ensureMachineImage()
    container = (
      await docker(
        'run',
        '--detach',
        '--init',
        '--network',
        'none',
        '--tmpfs',
        '/run',
        '--label',
        `${LABEL}=${process.pid}`,
        '--entrypoint',
        'sleep',
        image,
        '3600',
      )
    ).trim()
  })
  after(() => docker('rm', '--force', container))
  beforeEach(async () => {
    await shell(PREPARE)
    state = await shell(STATE)
  })

  interface Hold {
    readonly process: ChildProcessWithoutNullStreams
    readonly hear: () => Promise<string | undefined>
  }
  const takeOff = async (): Promise<Hold> => {
    const process = spawn('docker', [
      'exec',
      '--interactive',
      container,
      'sh',
      '-c',
      TAKE_OFF,
      'crabbox',
      'KEYKEY',
      BACK,
    ])
    process.stderr.resume()
    const lines = createInterface({input: process.stdout})[Symbol.asyncIterator]()
    const hear = async (): Promise<string | undefined> => ((await lines.next()) as {value?: string}).value
    assert.equal(await hear(), 'off')
    return {process, hear}
  }
  const expectBack = async (): Promise<void> => {
    for (let attempt = 0; attempt < 20 && (await shell(STATE)) !== state; attempt++) await sleep(250)
    assert.equal(await shell(STATE), state)
  }

  it('is off the disk while it is off, and other people keep their keys', async () => {
    const {process, hear} = await takeOff()
    assert.equal(
      await shell(
        'cat /etc/machine-id; ls /etc/ssh/ssh_host_* /var/lib/cloud/instance /var/lib/crabbox/ready /root/.bash_history 2>/dev/null || true',
      ),
      '',
    )
    assert.equal((await shell('cat /home/*/.ssh/authorized_keys')).trim(), 'ssh-ed25519 OTHER theirs')
    process.stdin.end('back\n')
    assert.equal(await hear(), 'back')
    await expectBack()
  })

  it('is taken off a machine whose cloud-init is still at its last words', async () => {
    const file = '/var/lib/cloud/busy'
    await shell(`head -c 100000000 /dev/zero > ${file}`)
    const busy = `end=$(($(date +%s) + 3)); while [ "$(date +%s)" -lt $end ]; do echo >> ${file}; done`
    await docker('exec', '--detach', container, 'sh', '-c', busy)
    await sleep(200)
    const {process, hear} = await takeOff()
    process.stdin.end('back\n')
    assert.equal(await hear(), 'back')
    await shell(`rm ${file}`)
  })

  it('is back at the end of the input, as when a connection breaks', async () => {
    const {process} = await takeOff()
    process.stdin.end()
    await once(process, 'exit')
    await expectBack()
  })

  for (const signal of ['TERM', 'KILL'])
    it(`is back when the script itself gets a ${signal}`, async () => {
      await takeOff()
      await shell(`pkill -${signal} -f 'ke[y]=.1'`)
      await expectBack()
    })

  it('is back where a restart that was announced does not come, as soon as the word is said', async () => {
    const {process, hear} = await takeOff()
    process.stdin.write('restart\n')
    assert.equal(await hear(), 'ready')
    process.stdin.end('back\n')
    assert.equal(await hear(), 'back')
    await expectBack()
  })

  it('stays off at the end of the input once a restart was announced', async () => {
    const {process, hear} = await takeOff()
    process.stdin.write('restart\n')
    assert.equal(await hear(), 'ready')
    process.stdin.end()
    await once(process, 'exit')
    assert.equal(await shell('cat /etc/machine-id'), '')
    // What the announced restart would have ended, and the next attempt puts back first.
    const next = await takeOff()
    next.process.stdin.end('back\n')
    assert.equal(await next.hear(), 'back')
    await expectBack()
  })

  it('tells whom a machine lets in, wherever that stands', async () => {
    const admitted = (): Promise<string> => docker('exec', container, 'sh', '-c', ADMITTED, 'crabbox', 'KEYKEY')
    assert.equal(
      (await admitted()).trim(),
      '/home/crabbox/.ssh/authorized_keys\n/home/other/.ssh/authorized_keys\ndone',
    )
    await shell("rm /home/*/.ssh/authorized_keys; echo 'x KEYKEY' > /root/.ssh/authorized_keys2")
    assert.equal((await admitted()).trim(), '/root/.ssh/authorized_keys2\ndone')
    await shell('rm /root/.ssh/authorized_keys2')
    assert.equal((await admitted()).trim(), 'done')
  })

  it('moves a directory only where there is one, and nothing in its way', async () => {
    const move = (...args: string[]): Promise<string> => docker('exec', container, 'sh', '-c', MOVE, 'crabbox', ...args)
    await shell('rm -rf /work; mkdir -p /work/a/shop /work/c; touch /work/a/shop/file')
    await assert.rejects(move('/work/none', '/work/b', '/work/b/shop'), {code: 3})
    await assert.rejects(move('/work/a', '/work/c', '/work/c/shop'), {code: 4})
    await assert.rejects(move('/work/a', '/work/b', '/work/b/other'))
    await shell('mv /work/b /work/a')
    await move('/work/a', '/work/b', '/work/b/shop')
    assert.equal((await shell('find /work | sort')).trim(), '/work\n/work/b\n/work/b/shop\n/work/b/shop/file\n/work/c')
  })
})
