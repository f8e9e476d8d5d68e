import assert from 'node:assert/strict'
import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {after, afterEach, describe, it} from 'node:test'

import type {Lease} from 'crabbox'

import {leases} from '../src/leases.js'
import {acquire, contextIn, create, depthOf, fork, pictureOf, sh} from './support/box.js'
import {openGround, skip} from './support/ground.js'

describe('a lease that is in use', {skip}, () => {
  const ground = openGround()
  const context = contextIn(ground.path)
  const running: ChildProcess[] = []
  afterEach(() => Promise.all(running.splice(0).map(end)))
  after(ground.close)

  /** A program that appends each line of its input to a file which it holds open. Said when it is ready. */
  async function writer(lease: Lease, file: string, before: readonly string[] = []): Promise<ChildProcess> {
    const script = 'exec 3>>"$1"; echo ready; while read -r line; do echo "$line" >&3; echo "$line"; done'
    const [program = '', ...args] = [...before, 'sh', '-c', script, 'sh', file]
    const child = spawn(program, args, {cwd: lease.workdir, stdio: ['pipe', 'pipe', 'inherit']})
    running.push(child)
    await once(child.stdout ?? child, 'data')
    return child
  }

  async function say(child: ChildProcess, line: string): Promise<void> {
    child.stdin?.write(`${line}\n`)
    await once(child.stdout ?? child, 'data')
  }

  it('is saved by copying, which says who uses it, and stays mounted', async () => {
    const source = await acquire(context)
    sh(source, 'mkdir dir; echo old > dir/old; ln dir/old link')
    await create(source, context)
    sh(source, 'rm -r dir; mkdir dir; echo new >> link; setfattr -n trusted.note -v x link')
    const program = await writer(source, 'log')
    await say(program, 'before')
    const picture = pictureOf(source)
    const saved = await create(source, context)
    assert.match(saved.warnings.join(), new RegExp(`in use while it was saved, by .*sh \\(${program.pid}\\)`))
    await say(program, 'after')
    const copy = await fork(saved, context)
    assert.equal(pictureOf(copy), picture)
    assert.equal(sh(source, 'cat log'), 'before\nafter\n')
  })

  it('is saved without a copy again when nobody uses it any more', async () => {
    const source = await acquire(context)
    const program = await writer(source, 'log')
    await create(source, context)
    assert.equal(depthOf(source), 2)
    await end(program)
    assert.deepEqual((await create(source, context)).warnings, [])
    assert.equal(depthOf(source), 2)
  })

  it('is saved by copying where it is another namespace that has it mounted', async () => {
    const source = await acquire(context)
    const program = await writer(source, 'log', ['unshare', '--mount'])
    sh(source, 'echo "from here" > here')
    const saved = await create(source, context)
    await say(program, 'from there')
    const copy = await fork(saved, context)
    assert.equal(sh(copy, 'cat log here'), 'from here\n')
    assert.equal(sh(source, 'cat log here'), 'from there\nfrom here\n')
  })

  it('can be released, and its programs keep what they have open', async () => {
    const source = await acquire(context)
    const program = await writer(source, 'log')
    await leases.release(source, context)
    assert.equal(await leases.status(source, context), 'gone')
    await say(program, 'still here')
    await end(program)
  })
})

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'close')
}
