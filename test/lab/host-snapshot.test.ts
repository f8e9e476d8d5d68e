import assert from 'node:assert/strict'
import {readdirSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {BLOCK_SHARING, canMount, mounted, type Mounted} from './support/block-sharing.js'
import {openLab, type Forked, type Lab} from './support/cli.js'
import {killAtRandom, timeOf} from './support/kill.js'
import {leftovers} from './support/leftovers.js'
import {difference, sh} from './support/shell.js'
import {makeStrangeTree} from './support/strange-tree.js'

/** How often each command is killed. */
const KILLS = 3

/** What is left out of checkpoints stays in the source. */
const SAME_SOURCE =
  'rsync -aHAXn --delete --exclude=/.crabbox/env --exclude=/.crabbox/scripts --itemize-changes -- "$1/" "$2/"'

if (canMount()) BLOCK_SHARING.forEach(describeOn)
else
  it('a host snapshot of a lease needs a file system that can be mounted', function () {
    this.skip()
  })

function describeOn(type: (typeof BLOCK_SHARING)[number]): void {
  describe(`host snapshots on ${type}`, function () {
    this.timeout(240_000)
    let mount: Mounted | null = null
    let lab: Lab
    let source: Lease
    let reference: string
    const create = (...args: string[]): Promise<Checkpoint> =>
      lab.json<Checkpoint>('checkpoint', 'create', '--id', source.slug, '--mode', 'native', ...args)

    before(async () => {
      mount = mounted(type)
      lab = openLab('snapshot', {base: mount?.dir ?? ''})
      source = await lab.json<Lease>('warmup', '--slug', 'source')
      rmSync(source.workdir, {recursive: true})
      makeStrangeTree(source.workdir)
      sh(
        'head -c 60000000 /dev/urandom > "$1/large"; for i in $(seq 2000); do echo $i > "$1/file$i"; done',
        source.workdir,
      )
      reference = join(lab.dir, 'reference')
      sh(
        'cp -a --reflink=always "$1" "$2"; rm -r "$2/.crabbox/env" "$2/.crabbox/scripts"; touch -r "$1/.crabbox" "$2/.crabbox"',
        source.workdir,
        reference,
      )
    })
    after(() => mount?.close())
    afterEach(async () => {
      const {leases} = await lab.json<{leases: Lease[]}>('list')
      for (const {id} of leases.filter(({id}) => id !== source.id)) await lab.json('stop', '--id', id)
      assert.deepEqual(await leftovers(lab), [])
    })

    it('tell the story: create, eight forks at once, edit, restore, undo, delete', async () => {
      const used = mount?.used() ?? 0
      const saved = await create('--name', 'base')
      assert.deepEqual(
        [saved.tier, saved.artifact],
        [
          'provider-native',
          {mechanism: 'reflink', reference: join(lab.stateDir, 'local/.crabbox-snapshots', saved.id), details: {}},
        ],
      )
      assert.equal(saved.sizes?.stored, 0)
      const {forks} = await lab.json<Forked>('checkpoint', 'fork', 'base', '--count', '8')
      assert.equal(forks.length, 8)
      for (const {lease} of forks) assert.equal(difference(reference, lease.workdir), '')

      const more = (mount?.used() ?? 0) - used
      assert.ok(more < 60_000_000, `nine copies of more than 60 MB take ${more} bytes`)

      const [first] = forks
      assert.ok(first)
      sh(
        'cd "$1"; echo edited > file1; rm file2; echo new > new; cp -a . "$2"',
        first.lease.workdir,
        join(lab.dir, 'edited'),
      )
      const restored = await lab.json<{sent: string[]; removed: string[]}>(
        'checkpoint',
        'restore',
        'base',
        '--id',
        first.lease.slug,
      )
      assert.deepEqual(
        [restored.sent.filter(path => path.startsWith('file')), restored.removed],
        [['file1', 'file2'].sort(), ['new']],
      )
      assert.equal(readFileSync(join(first.lease.workdir, 'file1'), 'utf8'), '1\n')
      await lab.json('checkpoint', 'undo', '--id', first.lease.slug)
      assert.equal(difference(join(lab.dir, 'edited'), first.lease.workdir), '')

      await lab.json('stop', '--id', first.lease.slug)
      const {code, stderr} = await lab.run(
        'checkpoint',
        'fork',
        'base',
        '--provider',
        'ssh',
        '--host',
        'me@example.invalid',
      )
      assert.equal(code, 2)
      assert.match(stderr, /Code: OTHER_PROVIDER/)
      await lab.json('checkpoint', 'delete', 'base')
      assert.deepEqual(
        readdirSync(join(lab.stateDir, 'local')).filter(name => name.startsWith('.')),
        [],
      )
      assert.equal(sh(SAME_SOURCE, reference, source.workdir), '')
    })

    it('say so when what was saved was changed or removed', async () => {
      const saved = await create()
      const {verify} = await lab.json<{verify: unknown}>('checkpoint', 'inspect', saved.id, '--verify')
      assert.deepEqual(verify, {problems: [], checkedBytes: 0})
      const tree = join(lab.stateDir, 'local/.crabbox-snapshots', saved.id, 'tree')
      sh('rm "$1/file7"', tree)
      assert.match(
        JSON.stringify(await lab.run('checkpoint', 'inspect', saved.id, '--verify')),
        /was changed since it was saved/,
      )
      assert.match((await lab.run('checkpoint', 'fork', saved.id)).stderr, /Code: VERIFY_FAILED/)
      await lab.json('checkpoint', 'delete', saved.id)
    })

    // What is killed is the same whatever the file system.
    if (type !== 'xfs') return
    it('survive kill -9: nothing is left, the source is untouched, and forks are whole', async () => {
      let saved = await create()
      const usual = {
        create: await timeOf(async () => lab.json('checkpoint', 'delete', (await create()).id)),
        fork: await timeOf(() => lab.json('checkpoint', 'fork', saved.id)),
      }
      let killed = 0
      const kill = async (usualMs: number, ...args: string[]): Promise<void> => {
        killed += Number(await killAtRandom(lab, usualMs, 'checkpoint', ...args))
      }
      for (let i = 0; i < KILLS; i++) {
        await kill(usual.create * 0.7, 'create', '--id', 'source', '--mode', 'native')
        await kill(usual.fork, 'fork', saved.id)
        await lab.json('checkpoint', 'prune', '--failed')
        assert.deepEqual(await leftovers(lab), [])
        const {leases} = await lab.json<{leases: Lease[]}>('list')
        assert.equal(sh(SAME_SOURCE, reference, source.workdir), '')
        for (const {id, workdir} of leases) if (id !== source.id) assert.equal(difference(reference, workdir), '')
        await kill(usual.fork * 0.7, 'delete', saved.id)
        await lab.json('checkpoint', 'prune', '--failed')
        const {checkpoints} = await lab.json<{checkpoints: Checkpoint[]}>('checkpoint', 'list')
        for (const {id} of checkpoints) await lab.json('checkpoint', 'delete', id)
        assert.deepEqual(await leftovers(lab), [])
        saved = await create()
      }

      assert.ok(killed >= KILLS, `only ${killed} were killed in time`)
      await lab.json('checkpoint', 'delete', saved.id)
    })
  })
}
