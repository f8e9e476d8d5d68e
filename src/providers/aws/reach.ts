import type {Context} from '../../core/context.js'
import {CrabboxError, providerError} from '../../core/errors.js'
import type {LeaseReference} from '../../core/lease.js'
import type {Transport} from '../../core/transport.js'
import {runScript} from '../../transports/script.js'
import {openTarget, type Opened} from '../../transports/ssh/open.js'
import {sharedConnections, type Opening} from '../../transports/ssh/shared.js'
import {onlyWithKey, type SshTarget} from '../../transports/ssh/target.js'
import {sshTransport} from '../../transports/ssh/transport.js'
import {needKey, readHostKey, writeHostKey, type LeaseKey} from './keys.js'
import {READY_FILE, USER} from './user-data.js'

const {lend} = sharedConnections()

/** A machine as SSH reaches it: by its key alone, whatever the user's configuration says of addresses. */
export const targetAt = (host: string, keyFile: string): SshTarget =>
  onlyWithKey({host, port: null, user: USER}, keyFile)

export interface Reached {
  readonly transport: Transport
  readonly hostKey: string
}

/**
 * Connects to a lease's machine at an address. A machine that has shown its key before has to show the same one. Before that,
 * and where it shows another, it has to know what only the first boot of this lease was told.
 * @throws {CrabboxError} `LEASE_BOOTING` while the first boot goes on, and what `openTarget` throws
 */
export async function reachAt(
  address: string,
  lease: LeaseReference['id'],
  context: Context,
  again = false,
): Promise<Reached> {
  const {stateDir, signal} = context
  const key = await needKey(stateDir, lease)
  const known = await readHostKey(stateDir, lease)
  const open =
    (pinned: string | null) =>
    (opening: Opening): Promise<Opened> =>
      openTarget(targetAt(address, key.file), {
        pinned,
        acceptNew: true,
        knownHostsFile: null,
        ask: null,
        signal,
        again: again || opening.again,
      })
  const connect = async (pinned: string | null): Promise<Reached> => {
    const lent = await lend(
      `${lease} ${address} ${pinned ?? ''}`,
      open(pinned),
      ({hostKey}) => `${lease} ${address} ${hostKey}`,
      context,
    )
    return {transport: sshTransport(lent), hostKey: lent.hostKey}
  }

  if (known !== null) {
    try {
      return await connect(known)
    } catch (error) {
      if (!(error instanceof CrabboxError) || error.code !== 'HOST_KEY_CHANGED') throw error
    }
  }

  const reached = await connect(null)
  try {
    await proveItself(reached.transport, address, key, signal)
    await writeHostKey(stateDir, lease, reached.hostKey)
    return reached
  } catch (error) {
    await reached.transport.close()
    throw error
  }
}

const PROVE = `cat -- ${READY_FILE} 2>/dev/null || :`

/** Nobody on the way can read the file: the login that reads it is bound to the key that was shown. */
async function proveItself(
  transport: Transport,
  address: string,
  {token}: LeaseKey,
  signal: AbortSignal,
): Promise<void> {
  const {stdout} = await runScript(transport, PROVE, [], signal, {purpose: 'ask the machine whether it is ready'})
  const said = stdout.toString('utf8').trim()
  if (said === `ready ${token}`) return
  if (said === `failed ${token}`) throw bootFailed(address)
  throw providerError(
    'LEASE_BOOTING',
    `the machine at ${address} does not say that the first boot of this lease is through`,
    'Wait for a moment, and try again.',
  )
}

const bootFailed = (address: string): Error =>
  providerError(
    'LEASE_BOOT_FAILED',
    `the machine at ${address} could not be set up: git, tar or zstd is missing and could not be installed`,
    'See that its subnet leads to the package archive, or promote an image that has them.',
  )
