import {isLeaseId, type LeaseId} from '../../core/ids.js'
import type {Transport} from '../../core/transport.js'
import {runScript} from '../../transports/script.js'
import {LOAD} from './host-scripts.js'

/** How busy a host is. */
export interface Load {
  readonly leases: ReadonlySet<LeaseId>
  /** The load average of the last minute for each processor; infinite where the host cannot tell. */
  readonly perCore: number
}

/** Asks a host how busy it is. */
export async function askLoad(transport: Transport, root: string, signal: AbortSignal): Promise<Load> {
  const {stdout} = await runScript(transport, LOAD, [root], signal, {purpose: 'use the host'})
  return parseLoad(stdout.toString('utf8'))
}

/** Reads what the script prints. */
export function parseLoad(text: string): Load {
  const lines = text.trimEnd().split('\n')
  const [, cores = '', load = ''] = (lines.pop() ?? '').split('/')
  const average = Number.parseFloat(load.replace(',', '.'))
  const perCore = Number.isNaN(average) ? Infinity : average / Math.max(1, Number.parseInt(cores, 10) || 1)
  return {leases: new Set(lines.filter(isLeaseId)), perCore}
}

/** The one with the fewest leases; among equals the one whose processors have least to do, then the first. */
export function leastLoaded<L extends Load>(loads: readonly L[]): L | undefined {
  const [first, ...others] = loads
  return first === undefined ? undefined : others.reduce((best, load) => (isBelow(load, best) ? load : best), first)
}

const isBelow = (a: Load, b: Load): boolean =>
  a.leases.size < b.leases.size || (a.leases.size === b.leases.size && a.perCore < b.perCore)
