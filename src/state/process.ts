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
  // Zero and negative numbers name process groups, and those always answer.
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
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
    return process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid)
  } catch {
    return undefined
  }
}

let boot: string | undefined

function startOnLinux(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // A zombie holds nothing any more.
  if (fields[0] === 'Z') return 'zombie'
  // Field 22 counts clock ticks since the boot, and two boots may start the same pid at the same tick.
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return fields[19] === undefined ? undefined : `${boot} ${fields[19]}`
}

function startByPs(pid: number): string {
  // Loaded only where it is needed: the shortest commands read records, too.
  const {execFileSync} = process.getBuiltinModule('node:child_process')
  // `ps` writes a local time, so both sides have to ask in the same language and time zone.
  return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: {...process.env, LC_ALL: 'C', TZ: 'UTC'},
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()
}
