import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {hostname} from 'node:os'

/** What tells one process from all others, also from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number
  readonly host: string
  /** When the process started, in a form that only equality is asked of; empty where it cannot be told. */
  readonly started: string
}

let own: ProcessIdentity | undefined

export const ownIdentity = (): ProcessIdentity =>
  (own ??= {pid: process.pid, host: hostname(), started: startOf(process.pid) ?? ''})

/** True while the process runs. A process of another host cannot be seen from here and counts as running. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.host !== hostname()) return true
  if (!processExists(identity.pid)) return false
  const started = startOf(identity.pid)
  return started === undefined || identity.started === '' || started === identity.started
}

export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It exists and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function startOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      // A zombie holds nothing any more. Field 22 is the start time; the pid and the name come before this list.
      return fields[0] === 'Z' ? 'zombie' : fields[19]
    }

    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {encoding: 'utf8'}).trim()
  } catch {
    return undefined
  }
}
