import assert from 'node:assert/strict'
import {buffer, text} from 'node:stream/consumers'

import type {Lease} from '../../core/lease.js'
import type {CommandSpec, Exit, Transport} from '../../core/transport.js'
import type {CaseMaker, ConformanceCase} from '../case.js'
import {SAMPLE, write} from '../content.js'
import {expectCode, rejectionOf} from '../expect.js'
import type {Lab} from '../lab.js'

/** How long an aborted command may live, in milliseconds: it is asked to end, then killed. */
const PATIENCE = 15_000

/** For providers whose leases have a shell. */
export const connectCases = (it: CaseMaker<Lab>): ConformanceCase[] => [
  it('runs a program with the arguments as they are', async lab => {
    const args = ['a b', '', '*', '$HOME', '`id`', '"', "it's", '-n', 'new\nline']
    const {stdout} = await run(lab, ['printf', '<%s>', ...args])
    assert.equal(stdout.toString(), args.map(arg => `<${arg}>`).join(''))
  }),
  it('carries every byte both ways', async lab => {
    const input = Buffer.from(String(SAMPLE['bytes.bin']).repeat(1000), 'latin1')
    const {stdout} = await run(lab, ['cat'], input)
    assert.ok(stdout.equals(input), 'cat does not answer with what it was sent')
  }),
  it('keeps the two outputs apart', async lab => {
    const {stdout, stderr} = await run(lab, ['sh', '-c', 'printf out; printf err >&2'])
    assert.deepEqual([stdout.toString(), stderr], ['out', 'err'])
  }),
  it("answers with the program's exit code", async lab => {
    const {exit} = await run(lab, ['sh', '-c', 'exit 7'])
    assert.deepEqual(exit, {code: 7, signal: null})
  }),
  it('starts in the directory and with the variables that were asked for', async lab => {
    const lease = await lab.acquire()
    await write(lab, lease, {here: ''})
    const argv = ['sh', '-c', 'ls; printf %s "$CRABBOX_CONFORMANCE"'] as const
    const command = {argv, cwd: lease.workdir, env: {CRABBOX_CONFORMANCE: 'two  words'}}
    const {stdout} = await connected(lab, lease, transport => finish(transport, command))
    assert.equal(stdout.toString(), 'here\ntwo  words')
  }),
  it('ends an aborted command and what it started', async lab => {
    const lease = await lab.acquire()
    await connected(lab, lease, async transport => {
      const controller = new AbortController()
      const running = transport.spawn({argv: ['sh', '-c', 'sleep 30 & echo started; wait']}, controller.signal)
      const begun = performance.now()
      running.stdout.once('data', () => controller.abort())
      running.stdout.resume()
      running.stderr.resume()
      await running.exit.catch(() => undefined)
      assert.ok(performance.now() - begun < PATIENCE, 'the command outlives its signal')
    })
  }),
  it('serves several who work on a lease at once', async lab => {
    const lease = await lab.acquire()
    const answers = await Promise.all(
      ['one', 'two', 'three'].map(word =>
        connected(lab, lease, transport => finish(transport, {argv: ['printf', '%s', word]})),
      ),
    )
    assert.deepEqual(
      answers.map(({stdout}) => stdout.toString()),
      ['one', 'two', 'three'],
    )
  }),
  it('can be closed twice', async lab => {
    const transport = await lab.leases.connect(await lab.acquire(), lab.context)
    await transport.close()
    await transport.close()
  }),
  it('refuses a lease that is gone with LEASE_GONE', async lab => {
    const lease = await lab.acquire()
    await lab.release(lease)
    const using = connected(lab, lease, transport => finish(transport, {argv: ['true']}))
    await expectCode(using, 'LEASE_GONE', 'running a command on a lease that is gone')
  }),
]

/** For providers whose leases have none. */
export const shellLessCases = (it: CaseMaker<Lab>): ConformanceCase[] => [
  it('refuses with a stable code, and says what to do instead', async lab => {
    const lease = await lab.acquire()
    const error = await rejectionOf(lab.leases.connect(lease, lab.context), 'connecting to a lease without a shell')
    const {code, hint} = error as {code?: unknown; hint?: unknown}
    assert.ok(typeof code === 'string' && typeof hint === 'string', `${String(error)} lacks a code or a hint`)
  }),
]

interface Finished {
  readonly stdout: Buffer
  readonly stderr: string
  readonly exit: Exit
}

async function run(lab: Lab, argv: CommandSpec['argv'], input?: Buffer): Promise<Finished> {
  return connected(lab, await lab.acquire(), transport => finish(transport, {argv}, input))
}

async function connected<R>(lab: Lab, lease: Lease, work: (transport: Transport) => Promise<R>): Promise<R> {
  const transport = await lab.leases.connect(lease, lab.context)
  try {
    return await work(transport)
  } finally {
    await transport.close()
  }
}

async function finish(transport: Transport, command: CommandSpec, input: Buffer = Buffer.alloc(0)): Promise<Finished> {
  const running = transport.spawn(command, new AbortController().signal)
  running.stdin.end(input)
  const [stdout, stderr, exit] = await Promise.all([buffer(running.stdout), text(running.stderr), running.exit])
  return {stdout, stderr, exit}
}
