import {readFile, readdir} from 'node:fs/promises'
import {homedir} from 'node:os'
import {basename, dirname, join, resolve} from 'node:path'

import SSHConfig from 'ssh-config'

import {configError, isErrno, reasonOf} from '../../core/errors.js'
import {wildcard} from './wildcard.js'

/** What the user's ssh configuration says of one host: keywords in lower case, each with its values. */
export type HostSettings = ReadonlyMap<string, readonly string[]>

/** Files that include each other would never end; ssh stops here as well. */
const MAX_DEPTH = 16

/**
 * Looks a host up in `~/.ssh/config`. `Match exec` never holds: it would run a program.
 * @throws {CrabboxError} `SSH_CONFIG_INVALID`
 */
export async function settingsOf(alias: string, user: string | null): Promise<HostSettings> {
  const file = configFile()
  try {
    const config = SSHConfig.parse((await linesOf(file, 0)).join('\n'))
    const wanted = user === null ? {Host: alias} : {Host: alias, User: user}
    const found = config.compute(wanted, {ignoreCase: true, matchExec: false})
    return new Map(Object.entries(found).map(([name, value]) => [name, [value].flat()]))
  } catch (error) {
    throw configError('SSH_CONFIG_INVALID', `${file} cannot be used: ${reasonOf(error)}`, 'Mend that file.', error)
  }
}

/** The names that `~/.ssh/config` has for hosts, those with wildcards aside. */
export async function hostAliases(): Promise<readonly string[]> {
  const lines = await linesOf(configFile(), 0)
  const words = lines.flatMap(line => /^\s*host(?:\s*=\s*|\s+)(\S.*)$/i.exec(line)?.[1]?.match(/"[^"]*"|\S+/g) ?? [])
  return [...new Set(words.map(word => word.replace(/^"(.*)"$/, '$1')))].filter(name => !/[*?!]/.test(name))
}

/** The lines of a file, with those of the files that it includes in their place. */
async function linesOf(file: string, depth: number): Promise<string[]> {
  if (depth > MAX_DEPTH) throw new Error('files include each other')
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return ''
    throw error
  })
  const lines = await Promise.all(
    text.split(/\r?\n/).map(async line => {
      const patterns = /^\s*include(?:\s*=\s*|\s+)(\S.*)$/i.exec(line)?.[1]
      if (patterns === undefined) return [line]
      const files = await Promise.all((patterns.match(/"[^"]*"|\S+/g) ?? []).map(word => included(word)))
      return (await Promise.all(files.flat().map(name => linesOf(name, depth + 1)))).flat()
    }),
  )
  return lines.flat()
}

/** The files that an `Include` pattern names, which may have wildcards in its last part. */
async function included(word: string): Promise<string[]> {
  const path = resolve(homedir(), '.ssh', expandHome(word.replace(/^"(.*)"$/, '$1')))
  if (!/[*?]/.test(basename(path))) return [path]
  const names = await readdir(dirname(path)).catch(() => [])
  const matches = wildcard(basename(path))
  return names
    .filter(name => matches.test(name) && !name.startsWith('.'))
    .sort()
    .map(name => join(dirname(path), name))
}

/** Where the user's ssh configuration is. */
export const configFile = (): string => join(homedir(), '.ssh', 'config')

/** A path with `~` in front for the user's home directory. */
export const expandHome = (path: string): string => path.replace(/^~(?=\/|$)/, homedir())
