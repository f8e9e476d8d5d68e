import {spawnSync} from 'node:child_process'
import {existsSync, readdirSync, symlinkSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'

/** Runs work with a PATH that has every program but these. */
export async function withoutPrograms<R>(missing: readonly string[], work: () => Promise<R>): Promise<R> {
  const programs = await mkdtemp(join(tmpdir(), 'crabbox-path-'))
  const before = process.env['PATH'] ?? ''
  for (const directory of before.split(delimiter).filter(existsSync)) {
    for (const name of readdirSync(directory))
      if (!missing.includes(name) && !existsSync(join(programs, name)))
        try {
          symlinkSync(join(directory, name), join(programs, name))
        } catch {
          // A link to nothing is there already.
        }
  }

  try {
    return await withPath(programs, work)
  } finally {
    await rm(programs, {recursive: true, force: true})
  }
}

/** Runs work with another PATH. With an empty one there is no program at all, and so no zstd. */
export async function withPath<R>(path: string, work: () => Promise<R>): Promise<R> {
  const before = process.env['PATH']
  process.env['PATH'] = path
  try {
    return await work()
  } finally {
    process.env['PATH'] = before
  }
}

/** Whether a program is there, wherever. */
export const hasProgram = (name: string): boolean => spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name]).status === 0
