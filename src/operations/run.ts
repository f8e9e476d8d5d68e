import {constants} from 'node:os'
import type {Readable, Writable} from 'node:stream'

import {busyError, configError, throwIfAborted, usageError} from '../core/errors.js'
import type {Lease, RanCommand} from '../core/lease.js'
import {sameRepo} from '../core/repo.js'
import type {Exit, Running} from '../core/transport.js'
import {openLeases} from '../state/leases.js'
import {withTransport} from '../tiers/with-transport.js'
import {dialAhead} from './dial.js'
import type {Environment} from './environment.js'
import {exitInWorkdir} from './in-workdir.js'
import {withLease} from './locking.js'
import {findCheckout, refusedRepository} from './repository.js'
import {syncCheckout} from './sync.js'

/** `auto` syncs the checkout onto leases that were warmed up for it, and leaves forks as they are. */
export type SyncMode = 'auto' | 'always' | 'never'

export interface Streams {
  /** Null: the command's input is empty. */
  readonly stdin: Readable | null
  readonly stdout: Writable
  readonly stderr: Writable
}

export interface RunWish {
  readonly lease: Lease
  /** argv runs without a shell; a string is a script for `sh -c`. */
  readonly command: RanCommand['command']
  readonly sync: SyncMode
  readonly env: Readonly<Record<string, string>>
  readonly streams: Streams
}

/** Commands that are remembered for each lease. */
const HISTORY = 50

/** Syncs, runs a command in the lease's workdir, and returns its exit code; 128 and the number of the signal that ended it. */
export async function runOnLease(wish: RunWish, environment: Environment): Promise<number> {
  const {lease} = wish
  if (lease.state !== 'ready')
    throw busyError(
      'LEASE_NOT_READY',
      `lease ${lease.slug} is ${lease.state}`,
      `Run crabbox stop --id ${lease.slug} and make another.`,
    )
  const provider = await environment.registry.get(lease.provider)
  dialAhead(provider, lease, environment)
  const root = await checkoutToSync(wish, environment)
  return withTransport(provider.leases, lease, environment, async transport => {
    if (root !== null)
      await withLease(environment.stateDir, lease, {mode: 'exclusive', what: 'sync'}, () =>
        syncCheckout(root, lease, transport, environment),
      )
    const code = await withLease(environment.stateDir, lease, {mode: 'shared', what: 'run'}, async () => {
      const argv = typeof wish.command === 'string' ? (['sh', '-c', wish.command] as const) : nonEmpty(wish.command)
      const running = transport.spawn({argv, cwd: lease.workdir, env: wish.env}, environment.signal)
      return exitCode(await exitInWorkdir(lease, transport, stream(running, wish.streams), environment.signal))
    })
    throwIfAborted(environment.signal)
    await remember(lease, {command: wish.command, exitCode: code, at: new Date().toISOString()}, environment)
    return code
  })
}

/** The checkout to sync, or null. A lease of another repository is not overwritten by accident. */
async function checkoutToSync({lease, sync}: RunWish, {cwd, progress}: Environment): Promise<string | null> {
  if (sync === 'never' || (sync === 'auto' && lease.forkedFrom !== null)) return null
  const checkout = await findCheckout(cwd)
  if (checkout === null) {
    const refused = await refusedRepository(cwd)
    if (refused !== null)
      throw configError(
        'GIT_FAILED',
        `git does not take ${refused.root} for a checkout: ${refused.reason}`,
        'Mend that, or run with --no-sync.',
      )
    if (sync === 'always')
      throw usageError(
        'NO_CHECKOUT',
        `${cwd} is in no git checkout, so there is nothing to sync`,
        'Run from a checkout, or without --sync.',
      )
    progress.warn('not in a git checkout: nothing was synced')
    return null
  }

  if (sync === 'always' || sameRepo(checkout.identity, lease.repo)) return checkout.root
  throw busyError(
    'OTHER_REPOSITORY',
    `lease ${lease.slug} belongs to ${lease.repo?.name ?? 'no repository'}, and you are in ${checkout.identity.name}`,
    'Run with --no-sync to leave its files alone, or with --sync to put this checkout onto it.',
  )
}

/** Milliseconds in which a command may end by itself when nobody reads what it prints. */
const PATIENCE = 2000

async function stream(running: Running, {stdin, stdout, stderr}: Streams): Promise<Exit> {
  if (stdin === null) running.stdin.end()
  else stdin.pipe(running.stdin)
  const outputs = [
    [running.stdout, stdout],
    [running.stderr, stderr],
  ] as const
  for (const [from, to] of outputs) from.pipe(to, {end: false})
  let timer: NodeJS.Timeout | undefined
  // It is told as a program of this machine is, whose output goes nowhere. What it still prints is read: else it would never end.
  const unread = (): void => {
    for (const [from] of outputs) from.unpipe().resume()
    running.kill('SIGPIPE')
    timer ??= setTimeout(() => running.kill('SIGTERM'), PATIENCE)
  }
  for (const [, to] of outputs) to.once('error', unread)
  try {
    return await running.exit
  } finally {
    clearTimeout(timer)
    for (const [, to] of outputs) to.off('error', unread)
    stdin?.unpipe(running.stdin)
    // An input that nobody reads any more would keep this process waiting for its end.
    stdin?.destroy()
  }
}

const exitCode = (exit: Exit): number => exit.code ?? 128 + (constants.signals[exit.signal as NodeJS.Signals] ?? 0)

function nonEmpty(argv: readonly string[]): readonly [string, ...string[]] {
  const [program, ...args] = argv
  if (program === undefined) throw commandMissing()
  return [program, ...args]
}

/** The error for nothing to run. */
export const commandMissing = (): Error =>
  usageError('COMMAND_MISSING', 'there is no command to run', "Give one after --, or a script with --shell 'a && b'.")

async function remember(lease: Lease, ran: RanCommand, {stateDir}: Environment): Promise<void> {
  await openLeases(stateDir).transact(rows => {
    const row = rows.get(lease.id)
    if (row !== undefined) rows.set(lease.id, {...row, history: [...row.history, ran].slice(-HISTORY)})
  })
}
