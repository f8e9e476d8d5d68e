import {randomBytes} from 'node:crypto'
import {mkdir, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'

import {configError, isErrno} from '../../core/errors.js'
import type {LeaseId} from '../../core/ids.js'
import {stateError, writeDurably} from '../../state/files.js'
import {statePaths} from '../../state/paths.js'
import {newKeyPair} from '../../transports/ssh/key-pair.js'

/** The key that opens a lease, and how the lease is known again. */
export interface LeaseKey {
  /** The private key. It never leaves this file. */
  readonly file: string
  /** As `authorized_keys` has it: type and base64. */
  readonly publicKey: string
  /** What this lease's first boot writes down and nobody on the way can know. */
  readonly token: string
}

const directoryOf = (stateDir: string, lease: LeaseId): string => join(statePaths(stateDir).keys, lease)

/** The key of a lease, which is made where there is none. */
export async function makeKey(stateDir: string, lease: LeaseId): Promise<LeaseKey> {
  const directory = directoryOf(stateDir, lease)
  const known = await findKey(stateDir, lease)
  if (known !== null) return known
  const {private: secret, public: shown} = newKeyPair({comment: `crabbox ${lease}`})
  await mkdir(directory, {recursive: true, mode: 0o700}).catch((error: unknown) => {
    throw stateError(directory, error)
  })
  await writeDurably(join(directory, 'boot-token'), `${randomBytes(24).toString('hex')}\n`)
  await writeDurably(join(directory, 'id_ed25519.pub'), `${shown.trim()}\n`)
  // Written last: where it is, the others are.
  await writeDurably(join(directory, 'id_ed25519'), secret)
  return needKey(stateDir, lease)
}

/** @throws {CrabboxError} `AWS_KEY_MISSING` */
export async function needKey(stateDir: string, lease: LeaseId): Promise<LeaseKey> {
  const key = await findKey(stateDir, lease)
  if (key !== null) return key
  throw configError(
    'AWS_KEY_MISSING',
    `the key of lease ${lease} is not in ${directoryOf(stateDir, lease)}, and nothing else opens the machine`,
    `Put it back, or give the lease up with crabbox stop --id ${lease}.`,
  )
}

export async function findKey(stateDir: string, lease: LeaseId): Promise<LeaseKey | null> {
  const directory = directoryOf(stateDir, lease)
  const file = join(directory, 'id_ed25519')
  const read = (name: string): Promise<string | null> =>
    readFile(join(directory, name), 'utf8').catch((error: unknown) => {
      if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null
      throw stateError(join(directory, name), error, 'read')
    })
  const [secret, shown, token] = await Promise.all([read('id_ed25519'), read('id_ed25519.pub'), read('boot-token')])
  if (secret === null || shown === null || token === null) return null
  return {file, publicKey: shown.split(' ').slice(0, 2).join(' ').trim(), token: token.trim()}
}

/** The host key that a lease has shown; null before. */
export const readHostKey = (stateDir: string, lease: LeaseId): Promise<string | null> =>
  readFile(join(directoryOf(stateDir, lease), 'host-key'), 'utf8').then(
    text => text.trim(),
    () => null,
  )

export const writeHostKey = (stateDir: string, lease: LeaseId, key: string): Promise<void> =>
  writeDurably(join(directoryOf(stateDir, lease), 'host-key'), `${key}\n`)

export const dropKey = (stateDir: string, lease: LeaseId): Promise<void> =>
  rm(directoryOf(stateDir, lease), {recursive: true, force: true})
