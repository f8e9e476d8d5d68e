import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {promisify} from 'node:util'

import {reasonOf} from '../core/errors.js'
import type {RepoIdentity} from '../core/repo.js'

/** A checkout on this machine. */
export interface Checkout {
  /** Its absolute top directory. */
  readonly root: string
  readonly identity: RepoIdentity
}

const run = promisify(execFile)

/** The absolute top directory of the git checkout around a directory, or null. */
export const checkoutRoot = (cwd: string): Promise<string | null> => git(cwd, ['rev-parse', '--show-toplevel'])

/** The git checkout around a directory, or null. */
export async function findCheckout(cwd: string): Promise<Checkout | null> {
  const root = await checkoutRoot(cwd)
  if (root === null) return null
  const [remote, head, branch, status] = await Promise.all([
    git(root, ['remote', 'get-url', 'origin']),
    git(root, ['rev-parse', '--verify', '--quiet', 'HEAD']),
    git(root, ['symbolic-ref', '--quiet', '--short', 'HEAD']),
    git(root, ['status', '--porcelain', '--untracked-files=no']),
  ])
  return {
    root,
    identity: {
      name: safeName(basename(root)),
      remote: remote === null ? null : withoutCredentials(remote),
      head,
      branch,
      dirty: status !== null && status !== '',
    },
  }
}

/** What a lease is called after where there is no repository. */
export const directoryIdentity = (cwd: string): RepoIdentity => ({
  name: safeName(basename(cwd)),
  remote: null,
  head: null,
  branch: null,
  dirty: false,
})

/** One path component of harmless characters. */
const safeName = (name: string): string =>
  name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '') || 'workspace'

/** Drops user name, password and token from a remote; the form `git@host:path` names a user that is no secret. */
export function withoutCredentials(remote: string): string {
  // Without `//`, what stands before the first colon is a user or a host, which a URL would take for its scheme.
  if (!remote.includes('://') || !URL.canParse(remote)) return remote.replace(/^[^/@:]+:.*@/s, '')
  const url = new URL(remote)
  url.username = ''
  url.password = ''
  url.search = ''
  url.hash = ''
  return url.href
}

async function git(cwd: string, args: readonly string[]): Promise<string | null> {
  try {
    const {stdout} = await run('git', ['-C', cwd, ...args], {
      env: {...process.env, GIT_OPTIONAL_LOCKS: '0'},
      // What is changed in a large checkout may fill more than the megabyte that is read by default.
      maxBuffer: 1 << 28,
    })
    return withoutNewline(stdout)
  } catch {
    return null
  }
}

/** What a program said why it failed, or why it could not be started. */
function firstLine(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
  return said === '' ? reasonOf(error) : (said.split('\n')[0] ?? said)
}

/** A name may end in white space. */
const withoutNewline = (text: string): string => text.replace(/\n$/, '')

/** Where there is a repository around a directory that git takes for none, and what it says; null where there is none. */
export async function refusedRepository(cwd: string): Promise<{readonly root: string; readonly reason: string} | null> {
  let root = cwd
  while (!existsSync(join(root, '.git'))) {
    if (root === dirname(root)) return null
    root = dirname(root)
  }

  // A repository without a work tree is no checkout, and is not refused.
  const asked = run('git', ['-C', cwd, 'rev-parse', '--git-dir'], {env: {...process.env, LC_ALL: 'C'}})
  const reason = await asked.then(() => null, firstLine)
  return reason === null || reason.includes('not a git repository (or any') ? null : {root, reason}
}
