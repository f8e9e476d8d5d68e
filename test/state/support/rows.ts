import type {CheckRow} from '../../../src/state/table.js'

export {openTable} from '../../../src/state/table.js'

export interface NumberRow {
  readonly id: string
  readonly value: number
}

/** Accepts rows that hold a number. */
export const checkNumber: CheckRow = value =>
  typeof value === 'object' && value !== null && 'value' in value && typeof value.value === 'number'
    ? null
    : 'it has no number'
