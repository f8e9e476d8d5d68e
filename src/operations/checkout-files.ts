import {execFile} from 'node:child_process'
import {lstat, readlink} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'

import {configError, isErrno, reasonOf} from '../core/errors.js'
import {kernelTime} from '../workspace/time.js'

/** One file of the local checkout. */
export interface LocalFile {
  /** Relative to the checkout, UTF-8. */
  readonly path: string
  readonly type: 'file' | 'symlink'
  readonly mode: number
  readonly size: number
  /** Seconds with nine decimals, as text. */
  readonly mtime: string
  /** When it was last changed in any way, as this machine tells it: only equality is asked of it. */
  readonly changed: string
  readonly target: string
}

const run = promisify(execFile)

/** How many files are looked at at the same time. */
const PARALLEL = 64

/** What git tracks and what it does not ignore, as it lies on the disk. */
export async function listCheckout(root: string): Promise<{files: LocalFile[]; warnings: string[]}> {
  const names = await gitFiles(root)
  const files: LocalFile[] = []
  const warnings: string[] = []
  const worker = async (): Promise<void> => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const result = await look(root, name)
      if (typeof result === 'string') warnings.push(result)
      else if (result !== null) files.push(result)
    }
  }

  await Promise.all(Array.from({length: PARALLEL}, worker))
  return {files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), warnings}
}

async function gitFiles(root: string): Promise<string[]> {
  const args = ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard']
  try {
    const {stdout} = await run('git', args, {encoding: 'utf8', maxBuffer: 1 << 30})
    return [...new Set(stdout.split('\0').filter(name => name !== ''))]
  } catch (error) {
    throw configError(
      'GIT_FAILED',
      `git cannot list the checkout ${root}: ${reasonOf(error)}`,
      'Mend the checkout, or run with --no-sync.',
      error,
    )
  }
}

/** A file, null for what is deleted in the checkout, or why it cannot be synced. */
async function look(root: string, path: string): Promise<LocalFile | string | null> {
  if (path.includes('\uFFFD')) return `${path}: names that are not UTF-8 are not synced`
  const file = join(root, path)
  try {
    const stat = await lstat(file, {bigint: true})
    const mtime = timeOf(stat.mtimeNs)
    const changed = String(stat.ctimeNs)
    const common = {path, mtime, changed}
    if (stat.isFile())
      return {...common, type: 'file', mode: Number(stat.mode) & 0o777, size: Number(stat.size), target: ''}
    if (stat.isSymbolicLink()) return {...common, type: 'symlink', mode: 0o777, size: 0, target: await readlink(file)}
    if (!stat.isDirectory()) return `${path}: not a regular file, not synced`
    // A tracked file that is a directory by now is no repository; what lies in it is listed by itself.
    return (await isRepository(file)) ? `${path}: a repository of its own is not synced` : null
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null
    throw configError(
      'CHECKOUT_UNREADABLE',
      `cannot read ${file}: ${reasonOf(error)}`,
      'Make it readable, or run with --no-sync.',
      error,
    )
  }
}

const isRepository = (directory: string): Promise<boolean> =>
  lstat(join(directory, '.git')).then(
    () => true,
    () => false,
  )

/** Nanoseconds since 1970 as a listing has them. What is before that counts upwards within its second. */
function timeOf(ns: bigint): string {
  const fraction = ((ns % SECOND) + SECOND) % SECOND
  return kernelTime(String((ns - fraction) / SECOND), String(fraction).padStart(9, '0'))
}

const SECOND = 1_000_000_000n
