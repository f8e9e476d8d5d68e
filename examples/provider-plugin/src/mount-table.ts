import {readFile} from 'node:fs/promises'

/** An overlay that is mounted. */
export interface MountedOverlay {
  /** `major:minor` of the file system. The same in every namespace that has it. */
  readonly device: string
  /** Its upper directory, as it was given. */
  readonly upper: string
}

/** What is mounted at a path, by this process's own table of mounts; null: nothing. */
export const mountedAt = async (path: string): Promise<MountedOverlay | null> =>
  findMount(await readFile('/proc/self/mountinfo', 'utf8'), path)

/** The same in the text of such a table, as `man 5 proc` has it. What was mounted last is on top. */
export function findMount(table: string, path: string): MountedOverlay | null {
  const lines = table.split('\n').filter(line => unescaped(line.split(' ')[4] ?? '') === path)
  const line = lines.at(-1)
  if (line === undefined) return null
  return {device: line.split(' ')[2] ?? '', upper: /[ ,]upperdir=([^, ]*)/.exec(line)?.[1] ?? ''}
}

/** White space and backslashes are written in octal. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)))
