import {createInterface} from 'node:readline'
import {text} from 'node:stream/consumers'

import type {Context} from '../../../core/context.js'
import {CrabboxError, providerError, throwIfAborted} from '../../../core/errors.js'
import type {LeaseHandle} from '../../../core/lease.js'
import type {MachineIdentity} from '../../../core/tier.js'
import type {Transport} from '../../../core/transport.js'
import {using} from '../../../tiers/with-transport.js'
import {runScript} from '../../../transports/script.js'
import {sha256Of} from '../../../transports/ssh/host-key.js'
import {reachLease} from '../connect.js'
import type {Reached} from '../reach.js'
import {needKey} from '../keys.js'
import {poll} from '../poll.js'
import {BACK, IDENTITY, TAKE_OFF} from './identity-script.js'
import {runAsRoot} from './root.js'

/** Who a machine is; and whether it can become another one. */
export interface Who {
  readonly identity: MachineIdentity
  readonly resettable: boolean
}

export async function whoIs({transport, hostKey}: Reached, lease: LeaseHandle, context: Context): Promise<Who> {
  const [{publicKey}, {stdout}] = await Promise.all([
    needKey(context.stateDir, lease.id),
    runScript(transport, IDENTITY, [], context.signal, {purpose: 'ask the machine who it is'}),
  ])
  const [machineIdSha256 = '', resettable] = stdout.toString('utf8').trim().split('\n')
  return {
    identity: {accessKey: publicKey, hostKeySha256: fingerprint(hostKey), machineIdSha256},
    resettable: resettable === 'yes',
  }
}

/** The SHA-256 of a key that stands as type and base64. */
export const fingerprint = (key: string): string => sha256Of(Buffer.from(key.split(' ')[1] ?? '', 'base64'))

/** A machine that is nobody for a while. */
export interface TakenOff {
  /** Tells it that it is about to be restarted, and that nothing is to be put back before. */
  readonly restarting: () => Promise<void>
  /** Puts the identity back. */
  readonly putBack: () => Promise<void>
}

/**
 * Takes the identity off a machine. It comes back by itself when this process dies or the connection breaks: the machine puts it
 * back at the end of its input.
 * @throws {CrabboxError} `AWS_RESET_FAILED`, with everything as it was
 */
export async function takeOff(
  transport: Transport,
  {accessKey}: MachineIdentity,
  signal: AbortSignal,
): Promise<TakenOff> {
  throwIfAborted(signal)
  const key = accessKey.split(' ')[1] ?? ''
  // Not ended by the signal: what it has begun, it has to finish.
  const running = transport.spawn(
    {argv: ['sudo', '-n', 'sh', '-c', TAKE_OFF, 'crabbox', key, BACK]},
    new AbortController().signal,
  )
  const said = createInterface({input: running.stdout})[Symbol.asyncIterator]()
  const complaints = text(running.stderr)
  const hear = async (word: string): Promise<void> => {
    const {value} = (await said.next()) as {value?: string}
    if (value === word) return
    running.stdin.end()
    await running.exit.catch(() => undefined)
    throw providerError(
      'AWS_RESET_FAILED',
      `the machine could not be made ready for an image: ${(await complaints).trim().slice(-300) || 'the connection was lost'}`,
      'It puts itself back as it was. Look at it with crabbox ssh, and try again.',
    )
  }

  await hear('off')
  return {
    restarting: async () => {
      running.stdin.write('restart\n')
      await hear('ready')
    },
    putBack: async () => {
      running.stdin.end('back\n')
      await hear('back')
      await running.exit
    },
  }
}

/** A machine without host keys lets nobody in for as long as it takes to put itself back. Milliseconds. */
const RETURNING = {first: 500, factor: 1.5, most: 3000, limit: 20_000}

/** What an interrupted create has left on a machine that runs on. */
export async function healSource(lease: LeaseHandle, context: Context): Promise<void> {
  const {address} = lease.details
  if (address === undefined) return
  const reach = (): Promise<Reached | 'nowhere' | null> =>
    reachLease(lease, context).catch((error: unknown) => {
      if (!(error instanceof CrabboxError)) throw error
      if (error.code === 'LEASE_GONE' || error.code === 'LEASE_STOPPED') return 'nowhere'
      if (['HOST_UNREACHABLE', 'SSH_AUTH_FAILED', 'CONNECTION_LOST', 'LEASE_BOOTING'].includes(error.code)) return null
      throw error
    })
  const reached = (await poll(reach, RETURNING, context.signal)) ?? (await reachLease(lease, context))
  if (reached === 'nowhere') return
  await using(reached.transport, () => putBack(reached.transport))
}

/** Puts the identity back over a connection that is there. */
const putBack = (transport: Transport): Promise<string> => runAsRoot(transport, BACK, [], new AbortController().signal)
