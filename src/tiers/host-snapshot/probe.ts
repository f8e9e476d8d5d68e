import {posix} from 'node:path'

import type {Context} from '../../core/context.js'
import type {Probe} from '../../core/handlers.js'
import type {Lease} from '../../core/lease.js'
import {runScript} from '../../transports/script.js'
import {withTransportAgain} from '../with-transport.js'
import type {HostSnapshotLeases} from './leases.js'
import {PROBE} from './scripts.js'

/** Tries whether files of a lease's host can share blocks: a file is copied, and both are removed. */
export async function probe(leases: HostSnapshotLeases, lease: Lease, context: Context): Promise<Probe> {
  const root = posix.dirname(lease.workRoot)
  const {stdout} = await withTransportAgain(leases, lease, context, transport =>
    runScript(transport, PROBE, [root], context.signal, {purpose: 'try whether files can share blocks'}),
  )
  const answer = stdout.toString('utf8').trim()
  return answer === 'ok' ? {ok: true} : {ok: false, reason: reasonIn(answer, root)}
}

function reasonIn(answer: string, root: string): string {
  const tools = /^tools (.*)$/.exec(answer)?.[1]
  if (tools !== undefined)
    return `its host lacks GNU coreutils and findutils, which make such copies (missing: ${tools.split(' ').join(', ')})`
  const [type = '', said = ''] = answer.replace(/^type /, '').split('\n')
  if (/No space left|quota exceeded/.test(said)) return `the disk of its host is full`
  return `the file system of ${root} is ${type}, which cannot share blocks between files; Btrfs and XFS can`
}
