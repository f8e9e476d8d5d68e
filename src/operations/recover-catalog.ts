import type {Checkpoint} from '../core/checkpoint.js'
import {usageError} from '../core/errors.js'
import type {MachineChoice} from '../core/lease.js'
import type {Resource} from '../core/recovered.js'
import {thisUser} from '../core/this-user.js'
import {openCatalog} from '../state/catalog.js'
import {openLeases} from '../state/leases.js'
import {prepareStateDir} from '../state/paths.js'
import type {Environment} from './environment.js'

export interface RecoverWish {
  readonly provider: string
  readonly machine: MachineChoice
  /** Also what others have made. */
  readonly all: boolean
  readonly dryRun: boolean
}

export interface RecoverReport {
  /** Records that were missing here, and are there now. */
  readonly recovered: readonly Checkpoint[]
  /** What bears our mark at the provider and no record here knows. Others may. */
  readonly unknown: readonly Resource[]
}

/**
 * Makes records again of what a provider holds. Records that there are stay as they are.
 * @throws {CrabboxError} `RECOVER_UNSUPPORTED`
 */
export async function recoverCatalog(
  {provider: name, machine, all, dryRun}: RecoverWish,
  environment: Environment,
): Promise<RecoverReport> {
  const {stateDir} = environment
  const {recover} = await environment.registry.get(name)
  if (recover === undefined)
    throw usageError(
      'RECOVER_UNSUPPORTED',
      `the provider ${name} keeps nothing that records could be made of`,
      'Use --provider aws.',
    )
  const {checkpoints, resources} = await recover(machine, environment)
  await prepareStateDir(stateDir)
  const catalog = openCatalog(stateDir)
  const {rows, damaged} = await catalog.read()
  const isWanted = (id: string): boolean =>
    all || resources.some(({checkpoint, owner}) => checkpoint === id && (owner === null || owner === thisUser()))
  const recovered = checkpoints.filter(
    ({id}) => isWanted(id) && !isHeld(rows.get(id)) && !damaged.some(row => row.id === id),
  )
  if (!dryRun)
    await catalog.transact(now => {
      for (const checkpoint of recovered) if (!isHeld(now.get(checkpoint.id))) now.set(checkpoint.id, checkpoint)
    })
  const leases = (await openLeases(stateDir).read()).rows
  const known = new Set<string>([...[...rows.values()].filter(isHeld), ...recovered].map(({id}) => id))
  const unknown = resources.filter(({lease, checkpoint}) =>
    checkpoint === null ? lease === null || !leases.has(lease) : !known.has(checkpoint),
  )
  return {recovered, unknown}
}

/** A record that leads to something. One of a create that was interrupted may hold nothing, and must hide nothing. */
const isHeld = (row: Checkpoint | undefined): row is Checkpoint =>
  row !== undefined &&
  !(row.state === 'failed' && (row.artifact === null || (row.tier === 'aws-ami' && row.artifact.imageId === null)))
