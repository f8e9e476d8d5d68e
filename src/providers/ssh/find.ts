import {posix} from 'node:path'

import type {DamagedLease, FoundLease, FoundLeases} from '../../core/found-lease.js'
import {isLeaseId} from '../../core/ids.js'
import type {Transport} from '../../core/transport.js'
import {runScript} from '../../transports/script.js'
import {FIND} from './host-scripts.js'
import {readMarker} from './marker.js'
import type {Place} from './place.js'

/** Finds all leases at a place by their markers. */
export async function findLeases(
  transport: Transport,
  {host, hostKey, root}: Place & {readonly hostKey: string},
  signal: AbortSignal,
): Promise<FoundLeases> {
  const {stdout} = await runScript(transport, FIND, [root], signal, {purpose: `list the leases on ${host}`})
  const text = stdout.toString('utf8')
  // No line about a lease begins with a slash; the path of their directory does, and comes last. (`^` would match after more
  // than a newline, and a damaged marker may hold anything else.)
  const end = text.search(/(?<![^\n])\//)
  const details = {host, hostKey, root: text.slice(end).replace(/\n$/, '')}
  const leases: FoundLease[] = []
  const damaged: DamagedLease[] = []
  for (const line of end === -1 ? [] : text.slice(0, end).split('\n')) {
    const [, id = '', found = '', marker = ''] = /^(\S+) (\w+) ?(.*)$/s.exec(line) ?? []
    if (!isLeaseId(id)) continue
    const marked = found === 'marker' ? readMarker(id, marker) : null
    if (marked === null) damaged.push({id, reason: REASONS[found] ?? 'its marker is damaged'})
    else {
      const workRoot = posix.join(details.root, id)
      leases.push({...marked, workRoot, workdir: posix.join(workRoot, marked.repoName), details})
    }
  }

  return {leases, damaged}
}

const REASONS: Readonly<Record<string, string>> = {
  hidden: 'it is readable by somebody else only',
  missing: 'it has no marker',
}
