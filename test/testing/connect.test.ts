import assert from 'node:assert/strict'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {Transform} from 'node:stream'

import {silentProgress} from '../../src/core/progress.js'
import type {LeaseOperations} from '../../src/core/provider.js'
import type {Transport} from '../../src/core/transport.js'
import {local} from '../../src/providers/local/index.js'
import {prepareStateDir} from '../../src/state/paths.js'
import {conformanceCases} from '../../src/testing/conformance.js'
import {runConformance} from '../../src/testing/run.js'
import {localTransport} from '../../src/transports/local.js'

const sound = localTransport()

/** Local leases that are reached through a broken transport. */
const over =
  (spawn: Transport['spawn']): LeaseOperations['connect'] =>
  async (lease, context) => {
    await local.leases.connect(lease, context)
    return {...sound, spawn}
  }

const asText = (): Transform =>
  new Transform({transform: (chunk: Buffer, _, done) => done(null, Buffer.from(chunk.toString('utf8')))})

const FAULTS: readonly {fault: string; connect: LeaseOperations['connect']; only: readonly string[]}[] = [
  {
    fault: 'commands go through a shell',
    connect: over((command, signal) => sound.spawn({...command, argv: ['sh', '-c', command.argv.join(' ')]}, signal)),
    only: [
      'connect: runs a program with the arguments as they are',
      'connect: keeps the two outputs apart',
      "connect: answers with the program's exit code",
      'connect: starts in the directory and with the variables that were asked for',
    ],
  },
  {
    fault: 'output is taken for text',
    connect: over((command, signal) => {
      const running = sound.spawn(command, signal)
      return {...running, stdout: running.stdout.pipe(asText())}
    }),
    only: ['connect: carries every byte both ways'],
  },
  {
    fault: 'the exit code is lost',
    connect: over((command, signal) => {
      const running = sound.spawn(command, signal)
      return {...running, exit: running.exit.then(() => ({code: 0, signal: null}))}
    }),
    only: ["connect: answers with the program's exit code"],
  },
  {
    fault: 'the directory is ignored',
    connect: over((command, signal) => sound.spawn({...command, cwd: undefined}, signal)),
    only: ['connect: starts in the directory and with the variables that were asked for'],
  },
  {
    fault: 'nobody looks whether the lease is there',
    connect: async () => sound,
    only: ['connect: refuses a lease that is gone with LEASE_GONE'],
  },
]

describe('the conformance suite, on transports', () => {
  let stateDir: string
  before(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'crabbox-connect-'))
    await prepareStateDir(stateDir)
  })
  after(() => rm(stateDir, {recursive: true, force: true}))

  const failuresOf = async (connect: LeaseOperations['connect']): Promise<string[]> => {
    const context = {stateDir, progress: silentProgress, signal: new AbortController().signal}
    const cases = conformanceCases({provider: {...local, leases: {...local.leases, connect}}, context})
    const {results} = await runConformance(cases.filter(({operation}) => operation === 'connect'))
    return results.filter(({outcome}) => outcome === 'failed').map(({name}) => name)
  }

  it('finds nothing wrong with a sound one', async () => {
    assert.deepEqual(await failuresOf(local.leases.connect), [])
  })

  for (const {fault, connect, only} of FAULTS) {
    it(`catches one where ${fault}`, async () => {
      assert.deepEqual(await failuresOf(connect), only)
    })
  }
})
