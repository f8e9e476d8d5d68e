import {randomBytes} from 'node:crypto'
import {mkdir, readFile, readdir, rename, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {Stored} from '../core/checkpoint.js'
import type {Context} from '../core/context.js'
import {isErrno, reasonOf} from '../core/errors.js'
import type {LeaseReference} from '../core/lease.js'
import {handlersFor} from '../core/narrow.js'
import type {Provider} from '../core/provider.js'
import type {Tier} from '../core/tier.js'
import {openCatalog} from '../state/catalog.js'
import {prepareStateDir, statePaths} from '../state/paths.js'
import {isAlive, ownIdentity, type ProcessIdentity} from '../state/process.js'
import type {Environment} from './environment.js'

/** What the conformance suite works in when a user runs it: a state directory of its own, so that nothing of theirs is touched. */
export interface Verification {
  readonly context: Context
  /** Remembers a lease, durably, before it is made. */
  readonly put: (lease: LeaseReference) => Promise<void>
  readonly remove: (id: LeaseReference['id']) => Promise<void>
  /** Removes the directory. Leases that are still remembered are given back first; returns those that cannot be, with reasons. */
  readonly close: () => Promise<readonly string[]>
}

/** Who runs a verification, of which provider. */
interface Header extends ProcessIdentity {
  readonly provider: string
}

/** Opens a place for a verification. */
export async function openVerification(provider: Provider, environment: Environment): Promise<Verification> {
  const {verify} = statePaths(environment.stateDir)
  const name = `${process.pid}-${randomBytes(4).toString('hex')}`
  const dir = join(verify, name)
  // Whoever looks for what others have left sees it only when it says whose it is.
  const draft = join(verify, `.${name}`)
  await mkdir(join(draft, LEASES), {recursive: true, mode: 0o700})
  const header: Header = {...ownIdentity(), provider: provider.name}
  await writeFile(join(draft, HEADER), JSON.stringify(header), {mode: 0o600})
  await rename(draft, dir)
  const context = contextIn(dir, environment)
  await prepareStateDir(context.stateDir)
  const fileOf = (id: string): string => join(dir, LEASES, `${id}.json`)
  return {
    context,
    put: async lease => {
      await writeFile(`${fileOf(lease.id)}.new`, JSON.stringify(lease), {mode: 0o600, flush: true})
      await rename(`${fileOf(lease.id)}.new`, fileOf(lease.id))
    },
    remove: id => rm(fileOf(id), {force: true}),
    close: () => clear(dir, provider, context),
  }
}

/**
 * Gives back what verifications of processes that are gone have left, and tells of it.
 * @returns a line for each of them
 */
export async function clearVerifications(environment: Environment): Promise<readonly string[]> {
  const {verify} = statePaths(environment.stateDir)
  const told: string[] = []
  for (const name of await names(verify)) {
    if (name.startsWith('.')) continue
    const dir = join(verify, name)
    const header = await readHeader(dir)
    if (header !== null && !isAlive(header)) told.push(await clearOne(dir, header, environment))
  }

  return told
}

async function clearOne(dir: string, header: Header, environment: Environment): Promise<string> {
  const what = `a verification of ${header.provider} was interrupted`
  // Its plugin may be gone, or broken: that is in the way of nothing else.
  const problems = await environment.registry.get(header.provider).then(
    provider => clear(dir, provider, contextIn(dir, environment)),
    (error: unknown) => [reasonOf(error)],
  )
  return problems.length === 0
    ? `${what}; what it leased has been given back`
    : `${what}, and not all that it leased could be given back: ${problems.join('; ')}`
}

async function clear(dir: string, provider: Provider, context: Context): Promise<readonly string[]> {
  const problems: string[] = []
  const attempt = (work: Promise<unknown>): Promise<unknown> =>
    work.catch((error: unknown) => problems.push(reasonOf(error)))
  const {rows} = await openCatalog(context.stateDir).read()
  for (const row of rows.values())
    if (row.artifact !== null) await attempt(remove(provider, row as Stored<Tier>, context))
  for (const name of await names(join(dir, LEASES))) {
    if (!name.endsWith('.json')) continue
    const lease = JSON.parse(await readFile(join(dir, LEASES, name), 'utf8')) as LeaseReference
    await attempt(giveBack(provider, lease, context))
  }

  if (problems.length === 0) await rm(dir, {recursive: true, force: true})
  return problems
}

/** A provider that fails to release what is gone has left nothing all the same. */
async function giveBack({leases}: Provider, lease: LeaseReference, context: Context): Promise<void> {
  try {
    await leases.release(lease, context)
  } catch (error) {
    if ((await leases.status(lease, context)) !== 'gone') throw error
  }
}

const remove = <T extends Tier>(provider: Provider, checkpoint: Stored<T>, context: Context): Promise<void> =>
  handlersFor(provider, checkpoint.tier).delete(checkpoint, context)

/** Null: the verification has just ended, and its directory is going. */
const readHeader = (dir: string): Promise<Header | null> =>
  readFile(join(dir, HEADER), 'utf8').then(
    text => JSON.parse(text) as Header,
    (error: unknown) => {
      if (isErrno(error, 'ENOENT')) return null
      throw error
    },
  )

const HEADER = 'owner.json'
const LEASES = 'leases'

const contextIn = (dir: string, environment: Environment): Context => ({
  ...environment,
  stateDir: join(dir, 'state'),
  signal: new AbortController().signal,
})

const names = (dir: string): Promise<string[]> =>
  readdir(dir).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  })
