import type {Stored} from '../../../core/checkpoint.js'
import type {Context} from '../../../core/context.js'
import {CrabboxError, providerError, type CrabboxError as Failure} from '../../../core/errors.js'
import {runScript} from '../../../transports/script.js'
import {openTarget} from '../../../transports/ssh/open.js'
import {targetAt, type Reached} from '../reach.js'
import type {Machine} from '../instances.js'
import {findKey} from '../keys.js'
import {ADMITTED, IDENTITY} from './identity-script.js'
import {runAsRoot} from './root.js'
import {fingerprint} from './source.js'

/**
 * Shows that a fork has nothing of its source's identity: another host key, another machine id, and no account that the source's
 * key opens. Where it cannot be shown, it counts as not so.
 * @throws {CrabboxError} `FORK_NOT_FRESH`
 */
export async function requireStranger(
  reached: Reached,
  machine: Machine,
  {artifact: {identity}, lease}: Stored<'aws-ami'>,
  context: Context,
): Promise<void> {
  const {transport, hostKey} = reached
  const key = identity.accessKey.split(' ')[1] ?? ''
  const {signal} = context
  const [who, admitted] = await Promise.all([
    runScript(transport, IDENTITY, [], signal, {purpose: 'ask the machine who it is'}),
    runAsRoot(transport, ADMITTED, [key], signal),
  ])
  const [machineId = ''] = who.stdout.toString('utf8').split('\n')
  const files = admitted.trim().split('\n')
  if (files.pop() !== 'done') throw notFresh(machine, 'does not tell whom it lets in')
  if (fingerprint(hostKey) === identity.hostKeySha256) throw notFresh(machine, "has its source's host key")
  if (machineId === '' || machineId === identity.machineIdSha256) throw notFresh(machine, "has its source's machine id")
  if (files.length > 0) throw notFresh(machine, `lets its source's key in: ${files.join(', ')}`)
  const source = await findKey(context.stateDir, lease.id)
  if (source !== null) await requireRefusal(machine, source.file, hostKey, context)
}

/** The words of a file are one thing, what the server does another. */
async function requireRefusal(machine: Machine, keyFile: string, pinned: string, {signal}: Context): Promise<void> {
  const options = {pinned, acceptNew: false, knownHostsFile: null, ask: null, signal}
  const opened = await openTarget(targetAt(machine.address ?? '', keyFile), options).catch((error: unknown) => {
    if (error instanceof CrabboxError && error.code === 'SSH_AUTH_FAILED') return null
    throw error
  })
  if (opened === null) return
  opened.connection.close()
  throw notFresh(machine, "lets its source's key in")
}

const notFresh = ({id}: Machine, what: string): Failure =>
  providerError(
    'FORK_NOT_FRESH',
    `the fork ${id} ${what}; it was ended`,
    'Its image does not run cloud-init as it should: make the checkpoint again from a lease of crabbox.',
  )
