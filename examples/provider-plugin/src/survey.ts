import {localTransport, runScript} from 'crabbox'

/** What there is in a tree. */
export interface Survey {
  /** Bytes of the files, each once whatever its names. */
  readonly content: number
  /** Entries of every type, the top itself left out. */
  readonly entries: number
  /** What has more than one name: the names, one character a byte. */
  readonly linked: readonly LinkedNames[]
}

/** All names in a tree of one thing. */
export interface LinkedNames {
  readonly type: 'f' | 'other'
  readonly paths: readonly string[]
}

const FIND = `exec find "$1" -xdev -mindepth 1 -printf '%y %n %i %s %P\\0'`

/** Lists a tree. Names may hold any bytes. */
export async function surveyTree(root: string, signal: AbortSignal): Promise<Survey> {
  const {stdout} = await runScript(localTransport(), FIND, [root], signal, {purpose: 'list the lease'})
  const lines = stdout.toString('latin1').split('\0').slice(0, -1)
  const linked = new Map<string, {type: LinkedNames['type']; paths: string[]}>()
  let content = 0
  for (const line of lines) {
    const [type = '', links = '', inode = '', size = ''] = line.split(' ', 4)
    const known = linked.get(inode)
    if (type === 'f' && known === undefined) content += Number(size)
    if (type === 'd' || links === '1') continue
    const path = line.slice([type, links, inode, size, ''].join(' ').length)
    if (known === undefined) linked.set(inode, {type: type === 'f' ? 'f' : 'other', paths: [path]})
    else known.paths.push(path)
  }

  return {content, entries: lines.length, linked: [...linked.values()]}
}
