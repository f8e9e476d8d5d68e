import {buffer, text} from 'node:stream/consumers'

import {providerError, throwIfAborted} from '../core/errors.js'
import type {Running, Transport} from '../core/transport.js'

/** What a finished script printed. */
export interface ScriptOutput {
  readonly stdout: Buffer
  readonly stderr: string
}

/** What to run a script for, and with. */
export interface ScriptOptions {
  /** Sent to the script's standard input. Default: nothing. */
  readonly input?: string | Buffer
  /** What the script was for, in the words of an error message: `cannot <purpose>`. */
  readonly purpose: string
  /** Errors for the exit codes with which a script says more than that it failed. Default: none. */
  readonly refusals?: Readonly<Record<number, (stderr: string) => Error>>
}

/**
 * Starts a POSIX `sh` script with positional parameters. The script is one constant text and all that varies is passed as
 * a parameter, so nothing is ever quoted by hand. No login shell is involved: what a profile prints stays out of the data.
 */
export const startScript = (
  transport: Transport,
  script: string,
  args: readonly string[],
  signal: AbortSignal,
): Running => transport.spawn({argv: ['sh', '-c', asStarted(script), 'crabbox', ...args], env: {LC_ALL: 'C'}}, signal)

/** What scripts call. Where `sh` is bash, a profile may have exported functions of these names, which print, ask or move to a bin. */
const CALLED = [
  'awk basename cat cd chmod cmp cp cut date dd df dirname echo env expr find getconf grep gzip head id kill ln ls mkdir mktemp mount',
  'mountpoint mv nproc printf pwd pzstd readlink rm rmdir sed sh sha256sum shasum sleep sort split stat sync tail tar test touch tr umount',
  'uname uptime wc xargs zstd',
].join(' ')

/** A script as it is started: what a profile has set for its user must not change what tar leaves out, where cd goes, or what is run. */
export const asStarted = (script: string): string =>
  `unset CDPATH TAR_OPTIONS FIND_BLOCK_SIZE GREP_OPTIONS crabbox_mapped
unset -f ${CALLED}
${script}`

/**
 * Runs a script to its end.
 * @throws {CrabboxError} `HOST_COMMAND_FAILED` with the last lines of stderr when it does not exit with 0
 */
export async function runScript(
  transport: Transport,
  script: string,
  args: readonly string[],
  signal: AbortSignal,
  options: ScriptOptions,
): Promise<ScriptOutput> {
  const running = startScript(transport, script, args, signal)
  running.stdin.end(options.input ?? '')
  const [stdout, stderr, exit] = await Promise.all([buffer(running.stdout), text(running.stderr), running.exit])
  throwIfAborted(signal)
  if (exit.code === 0) return {stdout, stderr}
  const refused = options.refusals?.[exit.code ?? -1]
  if (refused !== undefined) throw refused(stderr)
  throw hostFailure(options.purpose, exit.code ?? exit.signal, stderr)
}

/** The error for a host command that failed. A full disk is named as such, since it is what users can act on. */
export function hostFailure(purpose: string, status: number | string, stderr: string): Error {
  const tail = stderr.trim().split('\n').slice(-3).join(' / ')
  // The printf of dash says no more of a disk that is full.
  const full = /No space left on device|Disk quota exceeded|printf: I\/O error/.test(stderr)
  return providerError(
    full ? 'DISK_FULL' : 'HOST_COMMAND_FAILED',
    full ? `cannot ${purpose}: the disk of the lease's host is full` : `cannot ${purpose}: ${tail || `exit ${status}`}`,
    full ? 'Free some space there and try again.' : undefined,
  )
}
