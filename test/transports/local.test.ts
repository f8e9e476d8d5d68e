import assert from 'node:assert/strict'
import {existsSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {buffer, text} from 'node:stream/consumers'
import {setTimeout as sleep} from 'node:timers/promises'

import {processExists} from '../../src/state/process.js'
import {localTransport} from '../../src/transports/local.js'
import {temporaryDirectory} from '../support/temporary.js'

describe('the local transport', () => {
  const directory = temporaryDirectory()
  const transport = localTransport()
  const never = new AbortController().signal
  const exitOf = (script: string): Promise<unknown> => transport.spawn({argv: ['sh', '-c', script]}, never).exit

  it('passes arguments as they are', async () => {
    const odd = ['', ' ', '$HOME', '"', "'", '*', '\n', '-n', ';rm', 'ünï']
    const {stdout, exit} = transport.spawn({argv: ['printf', '%s\\0', ...odd]}, never)
    assert.equal(await text(stdout), odd.map(arg => `${arg}\0`).join(''))
    assert.deepEqual(await exit, {code: 0, signal: null})
  })

  it('tells codes from signals', async () => {
    assert.deepEqual(await exitOf('exit 37'), {code: 37, signal: null})
    assert.deepEqual(await exitOf('kill -9 $$'), {code: null, signal: 'SIGKILL'})
  })

  it('streams bytes both ways, more than any buffer holds', async () => {
    const bytes = Buffer.alloc(5_000_000, Buffer.from([0, 255, 10, 13, 128]))
    const running = transport.spawn({argv: ['cat']}, never)
    running.stdin.end(bytes)
    assert.ok((await buffer(running.stdout)).equals(bytes))
  })

  it('runs where and with what it is told', async () => {
    const command = {argv: ['sh', '-c', 'pwd; echo "$ONE"'], cwd: directory(), env: {ONE: '1 "x"'}} as const
    assert.equal(await text(transport.spawn(command, never).stdout), `${directory()}\n1 "x"\n`)
  })

  it('lets a command end before it has read its input', async () => {
    const running = transport.spawn({argv: ['sh', '-c', 'exec 0<&-; exit 3']}, never)
    running.stdin.write(Buffer.alloc(1_000_000))
    assert.deepEqual(await running.exit, {code: 3, signal: null})
  })

  it('says when a program cannot be started', async () => {
    for (const argv of [['crabbox-no-such-program'], [directory()]] as const) {
      const running = transport.spawn({argv}, never)
      running.stdin.end('input')
      await assert.rejects(running.exit, {code: 'COMMAND_NOT_STARTED', kind: 'provider'})
    }
  })

  it('ends a command and all that it started when it is aborted', async () => {
    const abort = new AbortController()
    const script = 'sleep 60 & echo $! > "$1"; echo ready; wait'
    const running = transport.spawn({argv: ['sh', '-c', script, 'sh', join(directory(), 'pid')]}, abort.signal)
    await new Promise(resolve => running.stdout.once('data', resolve))
    const pid = Number(await readFile(join(directory(), 'pid'), 'utf8'))
    assert.equal(processExists(pid), true)
    abort.abort()
    assert.deepEqual(await running.exit, {code: null, signal: 'SIGTERM'})
    for (let patience = 0; patience < 50 && (await isRunning(pid)); patience++) await sleep(20)
    assert.equal(await isRunning(pid), false)
  })

  it('kills what does not listen to the first signal', async () => {
    const abort = new AbortController()
    const running = transport.spawn({argv: ['sh', '-c', 'trap "" TERM; echo ready; sleep 60; sleep 60']}, abort.signal)
    await new Promise(resolve => running.stdout.once('data', resolve))
    abort.abort()
    assert.deepEqual(await running.exit, {code: null, signal: 'SIGKILL'})
  }).timeout(20_000)

  it('starts nothing that lasts when it was aborted before', async () => {
    const mark = join(directory(), 'mark')
    const argv = ['sh', '-c', 'sleep 1; : > "$1"', 'sh', mark] as const
    assert.deepEqual(await transport.spawn({argv}, AbortSignal.abort()).exit, {code: null, signal: 'SIGTERM'})
    assert.equal(existsSync(mark), false)
  })

  it('is closed twice without harm', async () => {
    await transport.close()
    await transport.close()
  })
})

/** A process that ended and that nobody has waited for yet is not running. */
async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return stat === null ? process.platform !== 'linux' && processExists(pid) : !stat.includes(') Z ')
}
