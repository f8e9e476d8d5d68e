import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {text} from 'node:stream/consumers'

/** A `zstd` that unpacks what it is fed, for as long as it is fed. */
export interface ZstdProgram {
  /** Resolves when it may have more. One that has ended takes no more. */
  readonly write: (packed: Buffer) => Promise<void>
  readonly end: () => void
  readonly raw: AsyncIterable<Buffer>
  /** Settles when it has ended; rejects with what it complained of. */
  readonly done: Promise<void>
  readonly kill: () => void
}

/** Starts one. */
export function zstdProgram(): ZstdProgram {
  // A group of its own keeps a Ctrl-C for Node alone, which ends it by closing its input.
  const child = spawn('zstd', ['-q', '-d', '-c'], {stdio: 'pipe', detached: true})
  const {stdin, stdout, stderr} = child
  stdin.on('error', () => undefined)
  const ended = new AbortController()
  const complaint = text(stderr).catch(() => '')
  const run = async (): Promise<void> => {
    try {
      const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
      if (code !== 0) throw new Error((await complaint).trim() || `zstd ended with ${code ?? signal}`)
    } finally {
      ended.abort()
    }
  }

  const done = run()
  done.catch(() => undefined)
  return {
    write: async packed => {
      if (stdin.destroyed || stdin.write(packed)) return
      await once(stdin, 'drain', {signal: ended.signal}).catch(() => undefined)
    },
    end: () => void stdin.end(),
    raw: stdout as AsyncIterable<Buffer>,
    done,
    kill: () => void child.kill('SIGKILL'),
  }
}
