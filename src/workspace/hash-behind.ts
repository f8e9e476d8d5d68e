import {text} from 'node:stream/consumers'

import type {Running, Transport} from '../core/transport.js'
import {startScript} from '../transports/script.js'
import {groupByLayer} from './by-layer.js'
import type {Entry} from './entry.js'
import {HASH, hashesIn} from './hash-files.js'
import {pathList} from './path-list.js'

/** Hashes on the host what is unpacked there, while more is on its way. */
export interface HashingBehind {
  /** So many more bytes have been sent. */
  readonly sent: (bytes: number) => void
  /**
   * All has been unpacked: what it has to say of the files, by path. What is missing, or was hashed too soon, has to be hashed again; where
   * little was sent, that is all of it.
   */
  readonly finish: () => Promise<ReadonlyMap<string, string>>
  /** Waits until nothing of it is left on the host. */
  readonly giveUp: () => Promise<void>
}

/**
 * Bytes by which it stays behind: what may be on its way to the file system, in buffers of the connection, of pipes, and of who unpacks.
 * Where that is not enough, a file is found incomplete, and is hashed again.
 */
const BEHIND = 24 << 20

/**
 * Bytes of files that a program is started for, and the most files: fewer cost more programs, and more are begun with later, since xargs
 * waits until it has so many.
 */
const AT_ONCE = {bytes: 32 << 20, files: 2000}

/** @param entries what is sent */
export function hashBehind(
  transport: Transport,
  directory: string,
  entries: readonly Entry[],
  signal: AbortSignal,
): HashingBehind {
  const inOrder = [...groupByLayer(entries).values()].flat()
  const asked: string[] = []
  let running: {readonly script: Running; readonly output: Promise<string>} | null = null
  let [sent, unpacked, next] = [0, 0, 0]

  const start = (): NonNullable<typeof running> => {
    const total = inOrder.reduce((sum, entry) => sum + entry.length, 0)
    const files = Math.ceil((AT_ONCE.bytes * inOrder.length) / total)
    const script = startScript(transport, HASH, [directory, 'mine', String(Math.min(files, AT_ONCE.files))], signal)
    script.stderr.resume()
    script.exit.catch(() => undefined)
    return {script, output: text(script.stdout.setEncoding('latin1')).catch(() => '')}
  }

  const ask = (upTo: number): void => {
    const from = asked.length
    for (let entry = inOrder[next]; entry !== undefined && unpacked + entry.length <= upTo; entry = inOrder[++next]) {
      unpacked += entry.length
      if (entry.type === 'file' && entry.hardlink === '') asked.push(entry.path)
    }

    if (asked.length === from) return
    running ??= start()
    running.script.stdin.write(pathList(asked.slice(from)))
  }

  const end = async (): Promise<string> => {
    running?.script.stdin.end()
    await running?.script.exit.catch(() => undefined)
    return (await running?.output) ?? ''
  }

  return {
    sent: bytes => {
      sent += bytes
      ask(sent - BEHIND)
    },
    finish: async () => {
      if (running !== null) ask(Infinity)
      const hashes = hashesIn(await end(), asked)
      return new Map(asked.flatMap((path, i) => (typeof hashes[i] === 'string' ? [[path, hashes[i]] as const] : [])))
    },
    giveUp: async () => void (await end()),
  }
}
