import type {Readable} from 'node:stream'
import {text} from 'node:stream/consumers'

import type {CrabboxError} from '../core/errors.js'
import {providerError} from '../core/errors.js'
import type {Exit} from '../core/transport.js'
import {hostFailure} from '../transports/script.js'

/** What else is known when tar has ended. */
export interface TarOutcome {
  readonly exit: Exit
  /** Files that were asked for and did not come. */
  readonly missing: readonly string[]
  /** Whether the archive had its end mark. */
  readonly finished: boolean
}

export interface TarComplaints {
  /**
   * Warnings for what is harmless; an error for what is not.
   * @throws {CrabboxError} `FILE_UNREADABLE`, `HOST_COMMAND_FAILED`, `TRANSFER_INCOMPLETE`
   */
  readonly judge: (outcome: TarOutcome) => string[]
}

/** Stands before the exit status of a tar that is not the last of its pipeline. */
export const TAR_STATUS = 'crabbox: tar ended with '

/** How many files a message names. */
const NAMED = 5

/**
 * Reads GNU tar's stderr, which runs under LC_ALL=C. A file that changes or goes away while it is read is life: it is
 * archived as tar saw it and named in a warning. A file that cannot be read would be missing from the checkpoint: an error.
 */
export async function readTarComplaints(stderr: Readable): Promise<TarComplaints> {
  const all = await text(stderr)
  return {judge: outcome => judge(all, outcome)}
}

function judge(stderr: string, {exit: end, missing, finished}: TarOutcome): string[] {
  const told = new RegExp(`^${TAR_STATUS}(\\d+)$`, 'm').exec(stderr)?.[1]
  const exit = told === undefined || end.code !== 0 ? end : {code: Number(told), signal: null}
  const lines = stderr.split('\n').filter(line => line.startsWith('tar: '))
  const changed = lines.filter(line => /: (?:file changed as we read it|File shrank by \d+ bytes.*)$/.test(line))
  const vanished = lines.filter(line =>
    /: (?:Warning: )?(?:Cannot (?:stat|open|readlink|opendir|read): No such file or directory|File removed before we read it)$/.test(
      line,
    ),
  )
  // After a read error tar fills up with zeros and goes on.
  const unreadable = lines.filter(line =>
    /: (?:Warning: )?(?:Cannot [^:]+: (?!No such file)|Read error at byte )/.test(line),
  )
  if (unreadable.length > 0) throw cannotRead(unreadable)
  const status = exit.code ?? exit.signal
  if (status !== 0 && status !== 1 && !(status === 2 && vanished.length > 0))
    throw hostFailure('read the workdir', status, stderr)
  if (!finished) throw cutShort()
  if (missing.length > 0 && vanished.length === 0) throw cannotRead(missing.map(path => `${path}: not archived`))
  return [...named('changed while it was read', changed.map(fileOf)), ...named('vanished before it was read', missing)]
}

/** The same sentence about a few files, or about many. */
export const named = (what: string, files: readonly string[]): string[] =>
  files.length > NAMED
    ? [...files.slice(0, NAMED - 1).map(file => `${file} ${what}`), `${files.length - NAMED + 1} more files: ${what}`]
    : files.map(file => `${file} ${what}`)

const fileOf = (line: string): string => line.replace(/^tar: (?:\.\/)?/, '').replace(/: [^:]+$/, '')

/** Characters of a complaint that are shown at each of its ends: a path may have thousands. */
const SHOWN = 120

const shortened = (line: string): string =>
  line.length <= 2 * SHOWN ? line : `${line.slice(0, SHOWN)}…${line.slice(-SHOWN)}`

/** The error for a tarball without its end mark. */
export const cutShort = (): CrabboxError =>
  providerError('TRANSFER_INCOMPLETE', 'the transfer from the lease ended in the middle of the archive', 'Try again.')

/**
 * The error for files that would be missing from the checkpoint.
 * @param lines a file each, and what tar says of it where it does
 * @param why what was said of all of them; empty: nothing
 */
export function cannotRead(lines: readonly string[], why = ''): CrabboxError {
  const shown = lines.slice(0, NAMED).map(line => shortened(line.replace(/^tar: (?:\.\/)?/, '')))
  const more = `${lines.length > NAMED ? ` (and ${lines.length - NAMED} more)` : ''}${why === '' ? '' : `: ${why}`}`
  return providerError(
    'FILE_UNREADABLE',
    `the workdir cannot be read whole: ${shown.join('; ')}${more}`,
    'Make the files readable, or leave them out with --exclude.',
  )
}
