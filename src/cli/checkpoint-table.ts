import type {Cost} from '../core/handlers.js'
import type {ListedCheckpoint} from '../operations/list.js'
import {formatAge, formatBytes, formatTable, formatUsd} from './format.js'

/** A checkpoint in a list, with what was found out about it. */
export type Row = ListedCheckpoint & {readonly problems?: readonly string[]; readonly cost?: Cost | null}

const HEADINGS = ['ID', 'NAME', 'TIER', 'STATE', 'AGE', 'CONTENT', 'STORED', 'LEASE', 'REPOSITORY']

/** Checkpoints, for people. What they cost is a column only where something costs. */
export function checkpointTable(rows: readonly Row[]): string {
  if (rows.every(({cost}) => (cost ?? null) === null)) return formatTable(HEADINGS, rows.map(cells))
  const price = ({cost}: Row): string =>
    cost === null || cost === undefined ? '-' : `<= ${formatUsd(cost.usdPerMonth)}`
  return formatTable(
    [...HEADINGS, 'A MONTH'],
    rows.map(row => [...cells(row), price(row)]),
  )
}

const cells = (row: Row): string[] => [
  row.id,
  row.name ?? '-',
  row.tier,
  stateOf(row),
  formatAge(row.createdAt),
  row.sizes === null ? '-' : formatBytes(row.sizes.content),
  row.sizes === null ? '-' : formatBytes(row.sizes.stored),
  row.lease.slug,
  row.repo?.name ?? '-',
]

function stateOf({state, interrupted, problems}: Row): string {
  if (interrupted) return `interrupted (${state})`
  if (problems === undefined) return state
  return problems.length === 0 ? 'verified' : 'damaged'
}
