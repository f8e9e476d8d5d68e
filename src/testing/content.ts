import assert from 'node:assert/strict'

import type {LeaseHandle} from '../core/lease.js'
import type {Lab} from './lab.js'

/** Paths and what the files hold, one character a byte so that differences can be read. */
export type Content = Readonly<Record<string, string>>

/** What most cases put into a lease: text, nothing, nested files, and every value that a byte can have. */
export const SAMPLE: Content = {
  'README.md': 'before\n',
  empty: '',
  'src/deep/module.js': 'export const answer = 42\n',
  'src/other.js': 'export {}\n',
  'bytes.bin': String.fromCharCode(...Array.from({length: 256}, (_, byte) => byte)),
}

/** Names that break what quotes by hand, splits at white space or takes a leading hyphen for an option. */
export const HOSTILE: Content = {
  'a b': 'space\n',
  ' ': 'only a space\n',
  'it\'s "quoted"': 'quotes\n',
  'new\nline': 'newline\n',
  'at the end\n': 'trailing newline\n',
  '-rf': 'hyphen\n',
  '$(exit 3)`exit 4`': 'substitution\n',
  'back\\slash': 'backslash\n',
  '*': 'pattern\n',
  '-d/- f': 'in a directory\n',
}

/** Writes files into a lease and leaves the others. */
export async function write(lab: Lab, lease: LeaseHandle, content: Content): Promise<void> {
  for (const [path, bytes] of Object.entries(content))
    await lab.workspace.write(lease, path, Buffer.from(bytes, 'latin1'))
}

/** The same for one file, which has a time of long ago afterwards, where files have times. */
export async function writeOld(lab: Lab, lease: LeaseHandle, path: string, bytes: string): Promise<void> {
  await write(lab, lease, {[path]: bytes})
  await lab.workspace.age?.(lease, path)
}

/** Everything that a lease's workdir holds. */
export async function contentOf({workspace}: Lab, lease: LeaseHandle): Promise<Content> {
  const files: [string, string][] = []
  for (const path of await workspace.list(lease)) {
    const bytes = path.endsWith('/') ? Buffer.from('an empty directory') : await workspace.read(lease, path)
    files.push([path, bytes?.toString('latin1') ?? 'no regular file'])
  }

  return Object.fromEntries(files)
}

/** @throws {AssertionError} with the difference, and `whose` content it is */
export async function expectContent(lab: Lab, lease: LeaseHandle, expected: Content, whose: string): Promise<void> {
  const found = await contentOf(lab, lease)
  const differing = [...new Set([...Object.keys(expected), ...Object.keys(found)])].filter(
    path => expected[path] !== found[path],
  )
  assert.deepEqual(found, expected, `${whose} differs in ${differing.map(path => JSON.stringify(path)).join(', ')}`)
}
