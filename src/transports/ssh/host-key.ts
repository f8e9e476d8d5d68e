import {createHash} from 'node:crypto'

import type {Algorithms} from 'ssh2'

import {configError, type CrabboxError} from '../../core/errors.js'
import {judge, keyType, knownTypes, nameOf, type KnownHost} from './known-hosts.js'

/** Decides about the key that a host shows, before it is told anything. */
export interface HostKeyCheck {
  /** Null: go on. Otherwise why not. */
  readonly check: (key: Buffer) => CrabboxError | null
  /** The keys to ask the host for, where some are known. */
  readonly algorithms: Pick<Algorithms, 'serverHostKey'>
  /** The key that was shown, as `known_hosts` has it: type and base64. Empty before. */
  readonly shown: () => string
}

export interface HostKeyRules {
  /** The name that stands in `known_hosts`. `knownName` makes it. */
  readonly name: string
  readonly known: readonly KnownHost[]
  /** The only key that will do, as `shown` gave it; null: what `known` says. */
  readonly pinned: string | null
}

/** The code of the refusal that a user may overrule. */
export const HOST_KEY_UNKNOWN = 'HOST_KEY_UNKNOWN'

/** The name of a host in `known_hosts`. */
export const knownName = (host: string, port: number, alias: string | null): string =>
  alias === null ? nameOf(host, port) : alias.toLowerCase()

/**
 * The check of one connection.
 * Refuses with `HOST_KEY_UNKNOWN`, `HOST_KEY_CHANGED` or `HOST_KEY_REVOKED`.
 */
export function checkHostKey({name, known, pinned}: HostKeyRules): HostKeyCheck {
  let seen = ''
  const check = (key: Buffer): CrabboxError | null => {
    seen = `${keyType(key)} ${key.toString('base64')}`
    const {kind, where} = judge(known, name, key)
    if (kind === 'revoked') return revoked(name, where)
    if (pinned !== null)
      return seen === pinned ? null : changed(name, key, 'the key that the lease was made with', PINNED)
    if (kind === 'changed') return changed(name, key, `${where.file}, line ${where.line}`, LISTED)
    return kind === 'unknown' ? unknown(name, key) : null
  }

  const types = pinned === null ? knownTypes(known, name) : [pinned.split(' ')[0] ?? '']
  return {check, shown: () => seen, algorithms: types.length === 0 ? {} : {serverHostKey: signatures(types)}}
}

/** A key of type `ssh-rsa` signs in three ways, and the oldest of them is no longer believed. */
const signatures = (types: readonly string[]): NonNullable<Algorithms['serverHostKey']> =>
  types.flatMap(type => (type === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256'] : [type])) as never

/** The SHA-256 of a public key, as ssh prints it. */
export const sha256Of = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

const fingerprint = (key: Buffer): string => `${keyType(key)} ${sha256Of(key)}`

const unknown = (name: string, key: Buffer): CrabboxError =>
  configError(
    HOST_KEY_UNKNOWN,
    `nobody knows the key of ${name}: ${fingerprint(key)}`,
    "Compare it with what the host's owner says; then connect once with ssh, or use --accept-new-host-key.",
  )

/** What to do when a new key is right. */
const LISTED = 'take the old one out of that file'
const PINNED = 'forget the lease with crabbox stop --forget, and take it over again with crabbox adopt'

const changed = (name: string, key: Buffer, where: string, remedy: string): CrabboxError =>
  configError(
    'HOST_KEY_CHANGED',
    `${name} shows another key than ${where}: ${fingerprint(key)}; somebody may be listening in, or the host was installed anew`,
    `Ask the owner of the host. When the new key is right, ${remedy}.`,
  )

const revoked = (name: string, where: KnownHost): CrabboxError =>
  configError(
    'HOST_KEY_REVOKED',
    `${name} shows a key that is revoked in ${where.file}, line ${where.line}`,
    'Do not connect; ask the owner of the host.',
  )
