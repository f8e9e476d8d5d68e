import {createHmac} from 'node:crypto'
import {readFile} from 'node:fs/promises'

import {configError, isErrno} from '../../core/errors.js'
import {wildcard} from './wildcard.js'

/** One line of a `known_hosts` file. sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". */
export interface KnownHost {
  readonly file: string
  readonly line: number
  readonly marker: '' | '@revoked' | '@cert-authority'
  /** Comma-separated patterns, or one hashed name. */
  readonly names: string
  readonly type: string
  /** The key, base64. */
  readonly key: string
}

/** What the files say of a host's key. `where` is the line that decided. */
export type Verdict =
  | {readonly kind: 'known' | 'changed' | 'revoked'; readonly where: KnownHost}
  | {readonly kind: 'unknown'; readonly where: null}

/** Reads files in their order. One that is not there holds nothing. */
export async function readKnownHosts(files: readonly string[]): Promise<KnownHost[]> {
  const all = await Promise.all(
    files.map(async file => {
      try {
        return parseKnownHosts(await readFile(file, 'utf8'), file)
      } catch (error) {
        if (isErrno(error, 'ENOENT')) return []
        throw configError('KNOWN_HOSTS_UNREADABLE', `cannot read ${file}`, 'Make it readable for you.', error)
      }
    }),
  )
  return all.flat()
}

/** Lines that make no sense are left out, as ssh does it. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split(/\r?\n/).flatMap((content, index) => {
    const words = content.trim().split(/\s+/)
    const marker = words[0]?.startsWith('@') === true ? words.shift() : ''
    const [names, type, key] = words
    if (names === undefined || names.startsWith('#') || type === undefined || key === undefined) return []
    if (marker !== '' && marker !== '@revoked' && marker !== '@cert-authority') return []
    return [{file, line: index + 1, marker, names, type, key}]
  })
}

/** Judges a key that a host has shown. A key that is revoked anywhere for the host is revoked. */
export function judge(entries: readonly KnownHost[], name: string, key: Buffer): Verdict {
  const type = keyType(key)
  const encoded = key.toString('base64')
  const of = entries.filter(entry => entry.marker !== '@cert-authority' && namesHost(entry.names, name))
  const revoked = of.find(entry => entry.marker === '@revoked' && entry.key === encoded)
  if (revoked !== undefined) return {kind: 'revoked', where: revoked}
  const plain = of.filter(entry => entry.marker === '')
  const known = plain.find(entry => entry.key === encoded)
  if (known !== undefined) return {kind: 'known', where: known}
  // A key of another type would be news as well: the host has shown none of those that are known.
  const changed = plain.find(entry => entry.type === type) ?? plain[0]
  return changed === undefined ? {kind: 'unknown', where: null} : {kind: 'changed', where: changed}
}

/** The types of the keys that are known of a host, which are what to ask it for. */
export const knownTypes = (entries: readonly KnownHost[], name: string): string[] => [
  ...new Set(entries.filter(({marker, names}) => marker === '' && namesHost(names, name)).map(({type}) => type)),
]

/** The form in which a host stands in the files: with its port where that is not 22. */
export const nameOf = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`

/** A public key begins with the length and the name of its type. */
export const keyType = (key: Buffer): string => key.toString('latin1', 4, 4 + key.readUInt32BE(0))

function namesHost(names: string, name: string): boolean {
  const hashed = /^\|1\|([^|]+)\|(.+)$/.exec(names)
  if (hashed !== null)
    return (
      createHmac('sha1', Buffer.from(hashed[1] ?? '', 'base64'))
        .update(name)
        .digest('base64') === hashed[2]
    )
  const patterns = names.toLowerCase().split(',')
  const matches = (pattern: string): boolean => wildcard(pattern).test(name)
  return (
    patterns.some(pattern => !pattern.startsWith('!') && matches(pattern)) &&
    !patterns.some(pattern => pattern.startsWith('!') && matches(pattern.slice(1)))
  )
}
