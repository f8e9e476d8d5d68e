import assert from 'node:assert/strict'

import type {Outcome} from './cli.js'
import type {CuttingProxy, Plan} from './cutting-proxy.js'

/** How often each command is cut off. */
export const CUTS = Number(process.env['CRABBOX_LAB_CUTS'] ?? 50)

/** Cuts from the first byte to the last but one of what a command usually sends and gets, in both directions in turn. */
export function cutsOver({client, server}: ReturnType<CuttingProxy['carried']>): NonNullable<Plan['cut']>[] {
  return Array.from({length: CUTS}, (_, i) => {
    const [from, all] = i % 2 === 0 ? (['client', client] as const) : (['server', server] as const)
    return {from, after: Math.floor((all - 1) * ((i >> 1) / Math.max(1, (CUTS >> 1) - 1)))}
  })
}

/** Whether a command that was cut off succeeded all the same; it fails honestly otherwise, and never with a stack trace. */
export function endedHonestly({code, stdout, stderr}: Outcome): boolean {
  const said = `exit ${code}\n${stdout}\n${stderr}`
  assert.doesNotMatch(said, /^\s+at .*[/(]|Unhandled|node:internal/m)
  if (code === 0) return true
  const [, failure = 'none'] = /Code: (\w+)/.exec(stderr) ?? []
  assert.ok(['CONNECTION_LOST', 'HOST_UNREACHABLE', 'TRANSFER_INCOMPLETE', 'OUTCOME_UNKNOWN'].includes(failure), said)
  assert.equal(code, 5, said)
  return false
}
