import assert from 'node:assert/strict'

import {localTransport} from '../../src/transports/local.js'
import {hostFailure, runScript} from '../../src/transports/script.js'

describe('a script on a host', () => {
  const transport = localTransport()
  const never = new AbortController().signal
  const run = (script: string, args: readonly string[] = [], input = ''): ReturnType<typeof runScript> =>
    runScript(transport, script, args, never, {purpose: 'try it', input})

  it('gets what varies as parameters and input, and never as code', async () => {
    const odd = `'; echo hacked; "$(echo hacked)" \``
    const {stdout, stderr} = await run('printf %s "$1"; cat; echo note >&2', [odd], odd)
    assert.equal(stdout.toString(), odd + odd)
    assert.equal(stderr, 'note\n')
  })

  it('speaks the language that is parsed', async () => {
    assert.equal((await run('echo "$LC_ALL"')).stdout.toString(), 'C\n')
  })

  it('fails with what it was for and its last words', async () => {
    const failing = run('for i in 1 2 3 4 5; do echo "line $i" >&2; done; exit 4')
    await assert.rejects(failing, {
      ...{code: 'HOST_COMMAND_FAILED', kind: 'provider'},
      message: 'cannot try it: line 3 / line 4 / line 5',
    })
    await assert.rejects(run('exit 4'), {message: 'cannot try it: exit 4'})
    await assert.rejects(run('kill -9 $$'), {message: 'cannot try it: exit SIGKILL'})
  })

  it('names a full disk as such', () => {
    for (const words of ['cat: write error: No space left on device', 'tar: x: Disk quota exceeded']) {
      const error = hostFailure('try it', 2, words)
      assert.ok('code' in error && error.code === 'DISK_FULL', words)
    }
  })

  it('is interrupted, whatever its exit code says', async () => {
    const abort = new AbortController()
    const running = runScript(transport, 'trap "exit 0" TERM; sleep 60 & wait', [], abort.signal, {purpose: 'wait'})
    setTimeout(() => abort.abort(), 100)
    await assert.rejects(running, {code: 'INTERRUPTED', kind: 'interrupted'})
  })
})
