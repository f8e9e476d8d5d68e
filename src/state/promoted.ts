import type {PromotedImage} from '../core/image.js'
import {isObject} from './json.js'
import {statePaths} from './paths.js'
import {openTable, type Table} from './table.js'

/** The promoted images of a state directory. */
export const openPromoted = (stateDir: string): Table<PromotedImage> =>
  openTable(statePaths(stateDir).promoted, checkImage)

function checkImage(value: unknown): string | null {
  if (!isObject(value)) return 'it is no object'
  const {id, provider, region, architecture, checkpoint, promotedAt} = value
  const whole =
    [id, provider, region, architecture, promotedAt].every(text => typeof text === 'string') &&
    (checkpoint === null || typeof checkpoint === 'string')
  return whole ? null : 'it is incomplete'
}
