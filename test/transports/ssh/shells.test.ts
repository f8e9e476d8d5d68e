import assert from 'node:assert/strict'
import {rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {connectTo} from '../../support/ssh-connect.js'
import {sshHome} from '../../support/ssh-home.js'

const never = new AbortController().signal

/** A profile that waits for ever, but for the first who logs in. */
const FIRST_ONLY = 'mkdir "$FIRST" 2>/dev/null || exec sleep 60; exec sh "$@"'

/** Milliseconds after which a shell is late on a host that gave no shell a moment ago. */
const LATE = 3000

describe('a host whose profile waits for input', () => {
  const lab = sshHome({shell: ['sh', '-c', 'exec sleep 60', 'login']})
  it('is given up when its first shell is late, and not asked for another', async () => {
    const transport = await connectTo(lab, {silent: true})
    const begun = performance.now()
    await assert.rejects(transport.spawn({argv: ['true']}, never).exit, {
      code: 'HOST_SHELL_UNUSABLE',
      message: /does a profile wait for input\?$/,
    })
    assert.ok(performance.now() - begun < LATE * 1.8)
    await assert.rejects(transport.spawn({argv: ['true']}, never).exit)
    assert.ok(performance.now() - begun < LATE * 1.8)
    await transport.close()
  })
})

describe('a host that gives one shell in time', () => {
  const first = join(tmpdir(), `crabbox-first-${process.pid}`)
  const lab = sshHome({shell: ['sh', '-c', FIRST_ONLY, 'login'], env: {...process.env, FIRST: first}})
  after(() => rmSync(first, {recursive: true}))
  it('goes on with what that one does, whatever becomes of those made ready for later', async () => {
    const transport = await connectTo(lab, {silent: true})
    const working = transport.spawn({argv: ['sh', '-c', 'cat; exit 7']}, never)
    await sleep(LATE * 0.5)
    const second = transport.spawn({argv: ['true']}, never)
    await assert.rejects(second.exit, {code: 'HOST_SHELL_UNUSABLE'})
    working.stdin.end()
    assert.deepEqual(await working.exit, {code: 7, signal: null})
    await transport.close()
  })
})
