import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {linkSync, mkdirSync, rmSync, statSync} from 'node:fs'
import {appendFile, chmod, chown, rm, symlink, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Running} from '../../src/core/transport.js'
import {statePaths} from '../../src/state/paths.js'
import {LIST_SOME} from '../../src/workspace/list-script.js'
import {archiveLab, SETTLED, type Archived} from '../support/archive-lab.js'
import {meddleBefore} from '../support/meddle.js'
import {MB, modulesIn} from '../support/modules.js'
import {pictureOf} from '../support/tree.js'

describe('a restore into a workdir of which nothing is known', () => {
  const lab = archiveLab()
  const {content, install} = modulesIn(lab)
  const file = (i: number): string => join(lab().workdir, `modules/${i}/index.js`)
  let checkpoint: Archived
  let picture: Awaited<ReturnType<typeof pictureOf>>
  const forget = async (): Promise<void> => {
    await sleep(SETTLED)
    const {baselines} = statePaths(lab().context.stateDir)
    rmSync(baselines, {recursive: true})
    mkdirSync(baselines)
  }

  /** Gives a file other content, of the same size and with the same times. */
  const overwrite = async (): Promise<void> => {
    const times = join(lab().context.stateDir, 'times')
    execFileSync('cp', ['-p', file(0), times])
    await writeFile(file(0), randomBytes(content[0]?.length ?? 0))
    execFileSync('touch', ['-r', times, file(0)])
  }

  /** Makes new files that are like those which are there. */
  const renew = async (): Promise<void> => {
    const old = join(lab().context.stateDir, 'old')
    for (const i of content.keys()) {
      execFileSync('cp', ['-p', file(i), old])
      await rm(file(i))
      execFileSync('cp', ['-p', old, file(i)])
    }
  }

  beforeEach(async () => {
    await install()
    await lab().write('src/a', 'a')
    await symlink('a', join(lab().workdir, 'src/b'))
    ;({checkpoint} = await lab().create())
    picture = await pictureOf(lab().workdir)
    await forget()
  })

  it('sends nothing where nothing differs, and knows all of it afterwards', async () => {
    const {workdir, restore, create} = lab()
    const inode = statSync(file(0)).ino
    const {sent, removed, sentBytes} = await restore(checkpoint)
    assert.deepEqual([sent, removed, sentBytes], [[], [], 0])
    assert.equal(statSync(file(0)).ino, inode)
    assert.deepEqual(await pictureOf(workdir), picture)
    const next = await create()
    assert.deepEqual([next.parent, next.checkpoint.artifact.layers], [checkpoint.id, checkpoint.artifact.layers])
  })

  it('sends what differs alone, though it has the size and the times that it should have', async () => {
    const {workdir, write, restore} = lab()
    await overwrite()
    await chmod(file(2), 0o600)
    await utimes(file(3), 5, 5)
    await write('modules/more.js', 'more')
    await rm(join(workdir, 'src/b'))
    await symlink('c', join(workdir, 'src/b'))
    await sleep(SETTLED)
    const {sent, removed} = await restore(checkpoint)
    assert.ok(!sent.includes('modules/4/index.js') && !sent.includes('src/a'), sent.join())
    for (const path of ['modules/0/index.js', 'modules/2/index.js', 'modules/3/index.js', 'src/b'])
      assert.ok(sent.includes(path), path)
    assert.deepEqual(removed, ['modules/more.js'])
    assert.deepEqual(await pictureOf(workdir), picture)
  })

  it('takes what a package manager has written once more for what it is', async () => {
    const {workdir, restore} = lab()
    await renew()
    await sleep(SETTLED)
    const {sent, sentBytes} = await restore(checkpoint)
    assert.equal(sentBytes, 0)
    assert.ok(!sent.some(path => path.endsWith('.js')), sent.join())
    assert.deepEqual(await pictureOf(workdir), picture)
  })

  it('can be undone after a write into a file that was not sent', async () => {
    const {workdir, write, restore, undo} = lab()
    await write('modules/0/index.js', 'mine')
    await write('modules/4/more.js', 'mine')
    await sleep(SETTLED)
    const mine = await pictureOf(workdir)
    await restore(checkpoint)
    await appendFile(file(4), 'written after the restore')
    await undo()
    assert.deepEqual(await pictureOf(workdir), mine)
    await restore(checkpoint)
    assert.deepEqual(await pictureOf(workdir), picture)
  })

  it('can be undone where other files were known of another checkpoint', async () => {
    const {workdir, write, create, restore, undo} = lab()
    const saved = join(lab().context.stateDir, 'saved')
    execFileSync('cp', ['-p', file(4), saved])
    await write('modules/4/index.js', 'of the second checkpoint')
    await create()
    execFileSync('cp', ['-p', saved, file(4)])
    await renew()
    await write('modules/0/index.js', 'mine')
    await write('modules/4/more.js', 'mine')
    await sleep(SETTLED)
    const mine = await pictureOf(workdir)
    const {sent} = await restore(checkpoint)
    assert.ok(!sent.includes('modules/4/index.js'), sent.join())
    await appendFile(file(4), 'written after the restore')
    await undo()
    assert.deepEqual(await pictureOf(workdir), mine)
  })

  it('can be undone where a name of a file is known of another checkpoint alone', async () => {
    const {workdir, write, create, restore, undo} = lab()
    await write('d/x', 'original')
    const {checkpoint: one} = await create()
    linkSync(join(workdir, 'd/x'), join(workdir, 'd/y'))
    await sleep(SETTLED)
    await create()
    await renew()
    await sleep(SETTLED)
    const mine = await pictureOf(workdir)
    await restore(one)
    await appendFile(join(workdir, 'd/x'), ' written after the restore')
    await undo()
    assert.deepEqual(await pictureOf(workdir), mine)
  })

  it('parts files that were made one', async () => {
    const {workdir, write, create, restore} = lab()
    const [a, b] = ['modules/0/a', 'modules/0/b'].map(path => join(workdir, path)) as [string, string]
    await write('modules/0/a', 'same')
    execFileSync('cp', ['-p', a, b])
    const {checkpoint: two} = await create()
    const before = await pictureOf(workdir)
    await rm(b)
    linkSync(a, b)
    await sleep(SETTLED)
    await create()
    await renew()
    await sleep(SETTLED)
    await restore(two)
    assert.notEqual(statSync(a).ino, statSync(b).ino)
    assert.deepEqual(await pictureOf(workdir), before)
  })

  const another = process.getuid?.() === 0 ? null : ' (skipped: only the superuser can become another user)'
  ;(another === null ? it : it.skip)(`sees modes and groups as other users than root${another ?? ''}`, async () => {
    const {workdir, write, create, restore} = lab()
    lab().wrap = transport => ({
      ...transport,
      spawn: (command, signal) => {
        const user = ['setpriv', '--reuid=1000', '--regid=1000', '--groups=1000,100'] as const
        return transport.spawn({...command, argv: [...user, ...command.argv]}, signal)
      },
    })
    await write('as-owner', 'x')
    await write('shared/x', 'x')
    execFileSync('chown', ['-R', '1000:1000', lab().context.stateDir])
    await chmod(join(workdir, 'as-owner'), 0o4755)
    await chmod(join(workdir, 'shared'), 0o2755)
    const {checkpoint: own} = await create()
    const before = await pictureOf(workdir)
    await chmod(join(workdir, 'as-owner'), 0o755)
    await chmod(join(workdir, 'shared'), 0o755)
    await chmod(join(workdir, 'modules/1'), 0o1755)
    await chmod(file(2), 0o4644)
    await chown(file(3), 1000, 100)
    await forget()
    const {sent} = await restore(own)
    assert.ok(!sent.includes('modules/4/index.js'), sent.join())
    assert.deepEqual(await pictureOf(workdir), before)
  })

  it('sends a file that is written while its host looks at it', async () => {
    const {workdir, restore} = lab()
    lab().wrap = transport => meddleBefore(transport, LIST_SOME, overwrite)
    const {sent} = await restore(checkpoint)
    assert.ok(sent.includes('modules/0/index.js'), sent.join())
    assert.deepEqual(await pictureOf(workdir), picture)
  })

  it('sends a file that has got extended attributes', async function () {
    const {workdir, restore} = lab()
    try {
      execFileSync('setfattr', ['-n', 'user.note', '-v', 'mine', file(0)], {stdio: 'ignore'})
    } catch {
      this.skip()
    }

    await sleep(SETTLED)
    const {sent} = await restore(checkpoint)
    assert.ok(sent.includes('modules/0/index.js'), sent.join())
    assert.equal(execFileSync('getfattr', ['-d', file(0)], {encoding: 'utf8'}), '')
    assert.deepEqual(await pictureOf(workdir), picture)
  })

  it('sends all of it to a host that cannot say what is in its files', async () => {
    const {workdir, restore} = lab()
    lab().wrap = transport => ({
      ...transport,
      spawn: (command, signal): Running =>
        transport.spawn(command.argv.includes('live') ? {...command, argv: ['false']} : command, signal),
    })
    const {sentBytes} = await restore(checkpoint)
    assert.ok(sentBytes >= 7 * MB)
    assert.deepEqual(await pictureOf(workdir), picture)
  })
})
