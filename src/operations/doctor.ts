import {execFile} from 'node:child_process'
import {access, constants, readdir} from 'node:fs/promises'
import {promisify} from 'node:util'

import {CrabboxError, reasonOf} from '../core/errors.js'
import {openCatalog} from '../state/catalog.js'
import {openLeases} from '../state/leases.js'
import {prepareStateDir, statePaths} from '../state/paths.js'
import type {DamagedRow, Table} from '../state/table.js'
import {preferredCompression} from '../workspace/layer/codec.js'
import type {Environment} from './environment.js'
import {listLeases} from './list-leases.js'
import {recover, toldOf} from './recover.js'
import {clearVerifications} from './verification.js'
import {settleCheckpoints, settleLeases} from './settle-rows.js'

export interface Finding {
  readonly level: 'ok' | 'note' | 'problem'
  readonly what: string
  /** What to do; null where nothing is. */
  readonly next: string | null
}

/** Looks at the machine and the state directory, and cleans up after interrupted commands. */
export async function examine(environment: Environment): Promise<Finding[]> {
  const {stateDir} = environment
  const checks = [
    () => checkPrograms(),
    () => checkStateDir(stateDir),
    () => checkRecords(stateDir),
    () => checkInterrupted(environment),
    () => checkLayers(stateDir),
    () => checkExpired(stateDir),
  ]
  const findings: Finding[] = []
  for (const check of checks) {
    try {
      findings.push(...(await check()))
    } catch (error) {
      findings.push(problem(reasonOf(error), error instanceof CrabboxError ? (error.hint ?? null) : null))
    }
  }

  return findings
}

/** Puts broken files and damaged records back, and drops what cannot come back. Returns what it did, in sentences. */
export async function repair(environment: Environment): Promise<string[]> {
  const {stateDir} = environment
  return [
    ...(await repairTable(openCatalog(stateDir), rows => settleCheckpoints(rows, environment))),
    ...(await repairTable(openLeases(stateDir), rows => settleLeases(rows, environment))),
  ]
}

// A row that shows something as begun would be taken for interrupted, and what it names would go.
async function repairTable<Row extends {readonly id: string; readonly state: string}>(
  table: Table<Row>,
  settle: (rows: Map<string, Row>) => Promise<void>,
): Promise<string[]> {
  const done: string[] = []
  await table.read().catch(async (error: unknown) => {
    if (!(error instanceof CrabboxError) || error.code !== 'STATE_CORRUPT') throw error
    const kept = await table.rollback(settle)
    done.push(`the previous generation is back${kept === null ? '' : `; the broken file is kept as ${kept}`}`)
  })
  for (const {id, reason, back} of await table.repair(({state}) => state === 'ready'))
    done.push(
      back
        ? `the record of ${id} is back as it was before the last change (${reason})`
        : `dropped the record of ${id} (${reason})`,
    )

  return done
}

async function checkPrograms(): Promise<Finding[]> {
  const git = await promisify(execFile)('git', ['--version']).then(
    ({stdout}) => stdout.trim(),
    () => null,
  )
  return [
    ok(`node ${process.versions.node}`),
    git === null ? problem('git is not installed', 'Install git; run needs it to know which files to sync.') : ok(git),
    preferredCompression() === 'zst'
      ? ok('layers are compressed with zstd')
      : note(
          'layers are compressed with gzip, which is slower',
          'Install the zstd program, or use Node 22.15 or later.',
        ),
  ]
}

async function checkStateDir(stateDir: string): Promise<Finding[]> {
  await prepareStateDir(stateDir)
  try {
    await access(stateDir, constants.W_OK)
    return [ok(`state directory ${stateDir}`)]
  } catch (error) {
    return [
      problem(
        `state directory ${stateDir} cannot be written to: ${reasonOf(error)}`,
        'Mount it for writing, or set CRABBOX_STATE_DIR to another.',
      ),
    ]
  }
}

async function checkRecords(stateDir: string): Promise<Finding[]> {
  const [catalog, leases] = await Promise.all([openCatalog(stateDir).read(), openLeases(stateDir).read()])
  const damaged: readonly DamagedRow[] = [...catalog.damaged, ...leases.damaged]
  return [
    ok(`${catalog.rows.size} checkpoints and ${leases.rows.size} leases on record`),
    ...damaged.map(({id, reason}) =>
      problem(
        `the record of ${id} is damaged: ${reason}`,
        'crabbox doctor --repair takes it from the previous generation, or drops it; what it named stays where it is.',
      ),
    ),
  ]
}

async function checkInterrupted(environment: Environment): Promise<Finding[]> {
  const found = await recover(environment)
  const cleared = await clearVerifications(environment)
  return [...found.map(interruption => note(toldOf(interruption), null)), ...cleared.map(line => note(line, null))]
}

/** Without their records, layers cannot be told from garbage: after a lost catalog they may be all that is left. */
async function checkLayers(stateDir: string): Promise<Finding[]> {
  const {rows} = await openCatalog(stateDir).read()
  const named = new Set(
    [...rows.values()].flatMap(row => (row.tier === 'workspace-archive' ? (row.artifact?.layers ?? []) : [])),
  )
  const stray = (await readdir(statePaths(stateDir).layers)).filter(name => !named.has(name) && !name.startsWith('.'))
  return stray.length === 0
    ? []
    : [
        note(
          `${stray.length} layers belong to no record (${stray.slice(0, 3).join(', ')})`,
          `They are ordinary tarballs in ${statePaths(stateDir).layers}; look at them and remove what you do not need.`,
        ),
      ]
}

async function checkExpired(stateDir: string): Promise<Finding[]> {
  const {leases} = await listLeases(stateDir)
  const expired = leases.filter(lease => lease.expired)
  return expired.length === 0
    ? []
    : [
        note(
          `${expired.length} leases have expired: ${expired.map(lease => lease.slug).join(', ')}`,
          'crabbox stop --expired gives them back.',
        ),
      ]
}

const ok = (what: string): Finding => ({level: 'ok', what, next: null})
const note = (what: string, next: string | null): Finding => ({level: 'note', what, next})
const problem = (what: string, next: string | null): Finding => ({level: 'problem', what, next})
