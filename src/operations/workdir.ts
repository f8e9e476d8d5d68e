import {homedir} from 'node:os'
import {posix} from 'node:path'

import type {SavedWorkdir} from '../core/checkpoint.js'
import {usageError} from '../core/errors.js'
import type {Lease} from '../core/lease.js'

/**
 * The directory to save or to restore into. A relative path is meant below the lease's workdir.
 * @throws {CrabboxError} `WORKDIR_REFUSED` for `/`, a home directory and what holds the lease itself
 */
export function workdirOf(lease: Lease, asked: string | null): SavedWorkdir {
  if (asked === null) return {path: lease.workdir, relative: '.'}
  if (asked === '' || asked.includes('\0')) throw refuse(asked, 'is no path')
  const path = posix.resolve(lease.workdir, asked)
  if (path === '/') throw refuse(asked, 'is the root of the file system')
  if (`${homedir()}/`.startsWith(`${path}/`) || /^\/(?:home|Users)(?:\/[^/]+)?$/.test(path) || path === '/root')
    throw refuse(asked, 'is a home directory, or holds one')
  if (`${lease.workdir}/`.startsWith(`${path}/`) && path !== lease.workdir)
    throw refuse(asked, 'holds the lease itself')
  const relative = posix.relative(lease.workdir, path)
  return {path, relative: relative === '' ? '.' : /^\.\.(?:\/|$)/.test(relative) ? null : relative}
}

const refuse = (path: string, why: string): Error =>
  usageError(
    'WORKDIR_REFUSED',
    `--workdir ${JSON.stringify(path)} ${why}`,
    'Name a directory that may be saved and replaced as a whole.',
  )
