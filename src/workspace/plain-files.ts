import {randomHex} from '../core/random.js'
import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {MAX_LOOK, PLAIN_BATCHES, plainInBatches} from './dialect/plain-batches.js'
import type {TarDialect} from './dialect/tar.js'
import {pathList} from './path-list.js'
import type {Stat} from './stat.js'
import {BLOCK} from './tar/header.js'

// No tool that is everywhere tells of extended attributes, but GNU tar does: a mark follows the mode of each file in its listing. It
// leaves out what it would not unpack by default, unless it is told. The number of the block before it shows which files have holes.
const list = (create: string): string => `(${create}) |
tar --list --verbose --block-number --file=- --xattrs --xattrs-include='*' --acls --selinux |
sed 's/^block \\([0-9]*\\): .\\{10\\}\\(.\\).*/\\1\\2/'`

/**
 * Whether files on a host are no more than their content and what a listing tells: no extended attributes, ACLs or holes.
 * @param tar the host's; one that does not save these finds none
 */
export async function plainFiles(
  transport: Transport,
  root: string,
  files: readonly Stat[],
  tar: TarDialect,
  signal: AbortSignal,
): Promise<readonly boolean[]> {
  if (tar.create === null) return files.map(() => true)
  const look = async (script: string, asked: readonly Stat[]): Promise<string> => {
    const {stdout} = await runScript(transport, script, [root, randomHex(8)], signal, {
      purpose: 'look at what is in the workdir',
      input: pathList(asked.map(file => file.path)),
    })
    return stdout.toString('latin1')
  }

  if (tar.name === 'gnu') return plainAmong(await look(list(tar.create), files), files)
  const small = files.filter(({size}) => size <= MAX_LOOK)
  const plain = plainInBatches(await look(PLAIN_BATCHES, small), small.length)
  const found = new Set(small.filter((_, i) => plain[i] === true))
  return files.map(file => found.has(file))
}

/** Reads what the script printed: a line for each file, and one for the end. Anything else speaks for none of them. */
export function plainAmong(printed: string, files: readonly Pick<Stat, 'size'>[]): boolean[] {
  const lines = printed.split('\n').map(line => /^(\d+)(.)$/.exec(line))
  const whole = lines.length === files.length + 2 && lines.slice(0, -1).every(line => line !== null)
  return files.map(({size}, i) => {
    const blocks = Number(lines[i + 1]?.[1]) - Number(lines[i]?.[1])
    return whole && lines[i]?.[2] === ' ' && blocks >= 1 + Math.ceil(size / BLOCK)
  })
}
