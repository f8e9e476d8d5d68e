import type {RestoreResult} from '../core/restore.js'
import type {RestorePlan} from './plan.js'
import {readable} from './stat.js'

/** What a restore says that did nothing. */
export const NOTHING: RestoreResult = {sent: [], removed: [], sentBytes: 0, unchanged: 0}

/** What a plan does, for people. */
export function summary(plan: RestorePlan): RestoreResult {
  return {
    sent: plan.changes.map(entry => readable(entry.path)),
    removed: plan.gone.map(readable),
    sentBytes: plan.send.reduce(
      (sum, entry) => sum + (entry.type === 'file' && entry.hardlink === '' ? entry.size : 0),
      0,
    ),
    unchanged: plan.unchanged,
  }
}
