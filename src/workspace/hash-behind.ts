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
  /** Waits for what has been asked for. What is missing in the answer, or was hashed too soon, has to be hashed again. */
  readonly end: () => Promise<ReadonlyMap<string, string>>
}

/**
 * Bytes by which it stays behind: what may be on its way to the file system, in buffers of the connection, of pipes, and of who unpacks.
 * Where that is not enough, a file is found incomplete, and is hashed again.
 */
const BEHIND = 48 << 20

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
    const script = startScript(transport, HASH, [directory, 'mine'], signal)
    script.stderr.resume()
    return {script, output: text(script.stdout.setEncoding('latin1'))}
  }

  return {
    sent: bytes => {
      sent += bytes
      const from = asked.length
      for (
        let entry = inOrder[next];
        entry !== undefined && unpacked + entry.length <= sent - BEHIND;
        entry = inOrder[++next]
      ) {
        unpacked += entry.length
        if (entry.type === 'file' && entry.hardlink === '') asked.push(entry.path)
      }

      if (asked.length === from) return
      running ??= start()
      running.script.stdin.write(pathList(asked.slice(from)))
    },
    end: async () => {
      if (running === null) return new Map()
      running.script.stdin.end()
      const output = await running.output.catch(() => '')
      await running.script.exit.catch(() => undefined)
      const hashes = hashesIn(output, asked)
      return new Map(asked.flatMap((path, i) => (typeof hashes[i] === 'string' ? [[path, hashes[i]] as const] : [])))
    },
  }
}
