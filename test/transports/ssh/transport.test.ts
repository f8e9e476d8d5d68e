import assert from 'node:assert/strict'
import {once, setMaxListeners} from 'node:events'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {buffer, text} from 'node:stream/consumers'
import {mock} from 'node:test'
import {setTimeout as sleep} from 'node:timers/promises'

import type {ServerChannel} from 'ssh2'

import type {Transport} from '../../../src/core/transport.js'
import {processExists} from '../../../src/state/process.js'
import {connectTo} from '../../support/ssh-connect.js'
import {sshHome} from '../../support/ssh-home.js'

const never = new AbortController().signal
setMaxListeners(0, never)

describe('commands over SSH', () => {
  const lab = sshHome()
  let transport: Transport
  beforeEach(async () => (transport = await connectTo(lab)))
  afterEach(() => transport.close())
  const sh = (script: string, ...args: string[]): ReturnType<Transport['spawn']> =>
    transport.spawn({argv: ['sh', '-c', script, 'sh', ...args]}, never)

  it('tell codes from signals', async () => {
    assert.deepEqual(await sh('exit 37').exit, {code: 37, signal: null})
    assert.deepEqual(await sh('kill -9 $$').exit, {code: null, signal: 'SIGKILL'})
  })

  it('stream bytes both ways, more than any buffer holds', async () => {
    const bytes = Buffer.alloc(20_000_000, Buffer.from([0, 255, 10, 13, 128]))
    const running = transport.spawn({argv: ['cat']}, never)
    running.stdin.end(bytes)
    assert.ok((await buffer(running.stdout)).equals(bytes))
  })

  it('wait for whoever reads slowly', async () => {
    const {stdout, exit} = sh('head -c 30000000 /dev/zero')
    assert.equal(await Promise.race([exit, sleep(500, 'waits')]), 'waits')
    assert.equal((await buffer(stdout)).length, 30_000_000)
    assert.deepEqual(await exit, {code: 0, signal: null})
  })

  it('take words of any length', async () => {
    const word = 'x'.repeat(100_000)
    assert.equal((await text(sh('printf %s "$1"', word).stdout)).length, word.length)
  })

  it('keep values of variables from the other users of the host', async () => {
    const running = transport.spawn({argv: ['sh', '-c', 'ps -ww -o args= -p $$'], env: {TOKEN: 'hunter2'}}, never)
    assert.doesNotMatch(await text(running.stdout), /hunter2/)
  })

  it('end before they have read their input', async () => {
    const running = sh('exec 0<&-; exit 3')
    running.stdin.write(Buffer.alloc(10_000_000))
    assert.deepEqual(await running.exit, {code: 3, signal: null})
  })

  it('end though nobody reads on', async () => {
    const running = sh('head -c 30000000 /dev/zero')
    running.stdout.once('data', () => running.stdout.destroy())
    assert.ok(await running.exit)
  })

  it('run many at a time, as many as the server bears', async () => {
    const codes = await Promise.all(Array.from({length: 30}, (_, i) => sh('sleep 0.05; exit "$1"', String(i)).exit))
    assert.deepEqual(
      codes,
      codes.map((_, code) => ({code, signal: null})),
    )
  })

  it('are killed when they do not end', async () => {
    const abort = new AbortController()
    const script = 'trap "" TERM; sleep 60 & echo ready; wait; wait; sleep 60'
    const running = transport.spawn({argv: ['sh', '-c', script]}, abort.signal)
    await new Promise(resolve => running.stdout.once('data', resolve))
    abort.abort()
    assert.deepEqual(await running.exit, {code: null, signal: 'SIGKILL'})
  }).timeout(20_000)

  it('do nothing when they were aborted before', async () => {
    const mark = join(lab.home, 'mark')
    const running = transport.spawn({argv: ['sh', '-c', 'sleep 1; : > "$1"', 'sh', mark]}, AbortSignal.abort())
    assert.deepEqual(await running.exit, {code: null, signal: 'SIGTERM'})
    assert.throws(() => readFileSync(mark))
  })

  it('are ended on the host when the connection is gone, with all that they have started', async () => {
    const file = join(lab.home, 'pids')
    const running = sh('sleep 60 & echo $! $$ > "$1"; sleep 0.3; echo ready; wait', file)
    await new Promise(resolve => running.stdout.once('data', resolve))
    const pids = readFileSync(file, 'utf8').trim().split(' ').map(Number)
    assert.equal(pids.length, 2)
    lab.server.cut()
    await assert.rejects(running.exit, {code: 'CONNECTION_LOST', kind: 'provider'})
    for (let patience = 0; patience < 100 && pids.some(processExists); patience++) await sleep(20)
    assert.deepEqual(pids.map(processExists), [false, false])
  })

  it('leave what they started on purpose', async () => {
    const pid = Number(await text(sh('sleep 60 > /dev/null 2>&1 & echo $!; sleep 0.3').stdout))
    await transport.close()
    await sleep(200)
    assert.ok(processExists(pid))
    process.kill(pid)
  })

  it('fail when the connection is lost already', async () => {
    lab.server.cut()
    await sleep(50)
    await assert.rejects(sh('true').exit, {code: 'CONNECTION_LOST'})
  })
})

describe('commands on a host whose login shell prints', () => {
  const lab = sshHome({shell: ['sh', '-c', 'echo Welcome; printf "no newline" >&2; exec sh "$@"', 'login']})
  it('give the output of the command alone', async () => {
    const transport = await connectTo(lab)
    const running = transport.spawn({argv: ['sh', '-c', 'printf out; printf err >&2']}, never)
    assert.deepEqual(await Promise.all([text(running.stdout), text(running.stderr)]), ['out', 'err'])
    await transport.close()
  })
})

describe('commands on a host where nobody may run any', () => {
  const lab = sshHome({shell: ['sh', '-c', 'echo This account is currently not available.; exit 1', 'login']})
  it('are refused with what the host says', async () => {
    const transport = await connectTo(lab)
    const {exit} = transport.spawn({argv: ['true']}, never)
    await assert.rejects(exit, {code: 'HOST_SHELL_UNUSABLE', message: /currently not available/})
    await transport.close()
  })
})

/** A shell that is killed in the moment in which it waits for its command: all that is said of it arrives together. */
const shortLived = (channel: ServerChannel, command: string): void => {
  const mark = /crabbox-[0-9a-f]+/.exec(command)?.[0] ?? ''
  channel.stderr.write(`\n${mark}\n`)
  channel.write(`\n${mark} 1\n`)
  channel.exit(3)
  channel.close()
}

describe('commands on a host whose shell ends before they are told to it', () => {
  const lab = sshHome({answer: shortLived})
  it('end with it, and are not waited for any more', async () => {
    for (let i = 0; i < 20; i++) {
      const transport = await connectTo(lab)
      const exit = await transport.spawn({argv: ['true']}, never).exit.catch(() => null)
      if (exit !== null) assert.deepEqual(exit, {code: 3, signal: null})
      await transport.close()
    }
  })
})

describe('commands on a host that leaves requests for sessions without an answer', () => {
  let asked: (session: number) => boolean = () => false
  const lab = sshHome({ignore: session => asked(session)})
  /** Leaves all from this one on without an answer, and tells when it came. */
  const ignoreFrom = (nth: number): Promise<void> =>
    new Promise(resolve => {
      asked = session => {
        if (session === nth) resolve()
        return session >= nth
      }
    })
  beforeEach(() => mock.timers.enable({apis: ['setTimeout']}))
  afterEach(() => mock.timers.reset())

  it('are given up after half a minute, when no request was ever answered', async () => {
    const heard = ignoreFrom(1)
    const transport = await connectTo(lab)
    const {exit} = transport.spawn({argv: ['true']}, never)
    await heard
    mock.timers.tick(30_000)
    await assert.rejects(exit, {code: 'CONNECTION_LOST', message: /it opens no channel within 30 seconds/})
  })

  it('do not cost those their connection that are at work: an answer may have to wait behind what they send', async () => {
    const heard = ignoreFrom(2)
    const transport = await connectTo(lab)
    const working = transport.spawn({argv: ['cat']}, never)
    working.stdin.write('it is ')
    await Promise.all([heard, once(working.stdout, 'readable')])
    mock.timers.tick(300_000)
    working.stdin.end('still here')
    assert.equal(await text(working.stdout), 'it is still here')
    assert.deepEqual(await working.exit, {code: 0, signal: null})
    await transport.close()
  })
})

for (const maxSessions of [1, 2, 3])
  describe(`commands on a host with ${maxSessions} sessions a connection`, () => {
    const lab = sshHome({maxSessions})
    it('wait for each other', async () => {
      const transport = await connectTo(lab)
      const run = (code: number): Promise<unknown> =>
        transport.spawn({argv: ['sh', '-c', 'sleep 0.15; exit "$1"', 'sh', String(code)]}, never).exit
      const codes = await Promise.all([1, 2, 3, 4, 5].map(run))
      assert.deepEqual(
        codes,
        codes.map((_, i) => ({code: i + 1, signal: null})),
      )
      await transport.close()
    })

    // Where there is room for one command alone, nothing is there that could end it.
    if (maxSessions > 1)
      it('are ended on the host when the connection is gone', async () => {
        const transport = await connectTo(lab)
        const running = transport.spawn({argv: ['sh', '-c', 'echo $$; exec sleep 60']}, never)
        const [pid] = await once(running.stdout, 'data')
        await sleep(800)
        lab.server.cut()
        await assert.rejects(running.exit, {code: 'CONNECTION_LOST'})
        for (let patience = 0; patience < 100 && processExists(Number(pid)); patience++) await sleep(20)
        assert.equal(processExists(Number(pid)), false)
      })

    it('have room for a terminal, also when it comes first', async () => {
      const transport = await connectTo(lab)
      await sleep(200)
      const {exit} = transport.spawn({argv: ['true'], stdio: 'inherit'}, never)
      assert.deepEqual(await Promise.race([exit, sleep(5000, 'it waits')]), {code: 0, signal: null})
      await transport.close()
    })
  })
