import assert from 'node:assert/strict'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openLab, outcomeOf, type Lab, type Outcome} from './support/cli.js'
import {startProxy, type CuttingProxy, type Plan} from './support/cutting-proxy.js'
import {CUTS, cutsOver, endedHonestly} from './support/cuts.js'
import {hostLeftovers} from './support/host-leftovers.js'
import {timeOf} from './support/kill.js'
import {leftovers} from './support/leftovers.js'
import {difference, sh} from './support/shell.js'
import {makeTwoTrees, type TwoTrees} from './support/two-trees.js'
import {aliasAt, ALIAS, makeClient, type SshClient} from './support/ssh-client.js'
import {startSshd, type Sshd} from './support/sshd.js'

describe('a connection that is cut at any byte', () => {
  let sshd: Sshd
  let proxy: CuttingProxy
  let client: SshClient
  let lab: Lab
  let source: Lease
  let trees: TwoTrees

  /** Runs a command over a bad network. */
  const badly = async (plan: Plan, work: () => Promise<Outcome>): Promise<Outcome> => {
    proxy.follow(plan)
    client.write('config', aliasAt(proxy.port))
    try {
      return await work()
    } finally {
      client.write('config', aliasAt(sshd.port))
    }
  }

  /** Runs a command as often as it is cut off, after it has run once in peace. */
  const cutOff = async (
    args: () => string[],
    check: (succeeded: boolean) => Promise<void>,
    prepare: () => unknown = () => undefined,
  ): Promise<void> => {
    await prepare()
    assert.ok(endedHonestly(await badly({}, () => lab.run(...args()))))
    const cuts = cutsOver(proxy.carried())
    await check(true)
    let lost = 0
    for (const cut of cuts) {
      await prepare()
      const succeeded = endedHonestly(await badly({cut}, () => lab.run(...args())))
      lost += Number(!succeeded)
      await check(succeeded)
    }

    assert.ok(lost >= CUTS / 2, `only ${lost} of ${CUTS} were cut off in time`)
  }

  const leases = async (): Promise<Lease[]> => (await lab.json<{leases: Lease[]}>('list')).leases
  const allVerified = async (): Promise<void> => {
    const {code, stdout} = await lab.run('checkpoint', 'list', '--verify')
    assert.equal(code, 0, stdout)
    assert.deepEqual(await leftovers(lab), [])
  }

  before(async () => {
    sshd = await startSshd()
    proxy = await startProxy(sshd.port)
    client = makeClient(sshd)
    lab = openLab('cut', {base: client.dir, env: client.env})
    source = await lab.json<Lease>('warmup', '--host', ALIAS)
    trees = await makeTwoTrees(lab, source, {count: 10, blob: 1_000_000, big: 500_000})
  })
  after(async () => {
    try {
      await lab.json('stop', '--id', source.slug)
      assert.deepEqual(hostLeftovers(sshd.home, []), [])
    } finally {
      lab.close()
      client.close()
      await proxy.close()
      await sshd.stop()
    }
  })

  it('create: the workdir is untouched, and what is listed is whole', async () => {
    let rows = (await lab.json<{checkpoints: Checkpoint[]}>('checkpoint', 'list')).checkpoints.length
    const now = join(lab.dir, 'now')
    await cutOff(
      () => ['checkpoint', 'create', '--id', source.slug],
      async succeeded => {
        assert.equal(difference(now, source.workdir), '')
        assert.deepEqual(hostLeftovers(sshd.home, [source]), [])
        rows += Number(succeeded)
      },
      () => sh('head -c 400000 /dev/urandom > "$1/blob"; rm -rf "$2"; cp -a "$1" "$2"', source.workdir, now),
    )
    const {checkpoints} = await lab.json<{checkpoints: Checkpoint[]}>('checkpoint', 'list')
    assert.equal(checkpoints.length, rows)
    assert.ok(checkpoints.every(({state}) => state === 'ready'))
    await allVerified()
  })

  it('restore: the workdir is wholly the old or wholly the new tree', async () => {
    await cutOff(
      () => ['checkpoint', 'restore', trees.b.id, '--id', source.slug],
      async succeeded => {
        const [isA, isB] = [trees.treeA, trees.treeB].map(tree => difference(tree, source.workdir) === '')
        assert.ok(isA !== isB, 'the workdir is neither tree')
        assert.ok(isB || !succeeded, 'what was restored is not there')
      },
      async () => {
        await lab.json('checkpoint', 'restore', trees.a.id, '--id', source.slug)
        assert.equal(difference(trees.treeA, source.workdir), '')
        assert.deepEqual(hostLeftovers(sshd.home, [source]), [])
      },
    )
    await lab.json('checkpoint', 'restore', trees.a.id, '--id', source.slug)
    assert.deepEqual(hostLeftovers(sshd.home, [source]), [])
    await allVerified()
  })

  it('fork: a fork that is listed is whole, and the next command leaves nothing of the others', async () => {
    await cutOff(
      () => ['checkpoint', 'fork', trees.a.id, '--slug', 'copy'],
      async succeeded => {
        // Cleans up before it looks.
        await lab.json('stop', '--expired')
        const forks = (await leases()).filter(({id}) => id !== source.id)
        assert.equal(forks.length, Number(succeeded))
        assert.deepEqual(hostLeftovers(sshd.home, [source, ...forks]), [])
        for (const fork of forks) {
          assert.equal(difference(trees.treeA, fork.workdir), '')
          await lab.json('stop', '--id', fork.id)
        }
      },
    )
    await allVerified()
  })

  it('Ctrl-C ends a command whose connection has stalled', async () => {
    for (const stallAfter of [0, 6000]) {
      const {code, stderr} = await badly({stallAfter}, async () => {
        const child = lab.start('checkpoint', 'restore', trees.b.id, '--id', source.slug)
        const outcome = outcomeOf(child)
        await sleep(2000)
        assert.equal(child.exitCode, null, 'it does not wait')
        child.kill('SIGINT')
        const ended = await timeOf(() => outcome)
        assert.ok(ended < 10_000, `it took ${ended} ms after ${stallAfter} bytes`)
        return outcome
      })
      assert.equal(code, 130, stderr)
    }
  })

  it('is slow and far away, and yet all arrives', async () => {
    await lab.json('checkpoint', 'restore', trees.a.id, '--id', source.slug)
    const {code, stderr} = await badly({rate: 500_000, delay: 30}, () =>
      lab.run('checkpoint', 'restore', trees.b.id, '--id', source.slug),
    )
    assert.equal(code, 0, stderr)
    assert.equal(difference(trees.treeB, source.workdir), '')
  })
})
