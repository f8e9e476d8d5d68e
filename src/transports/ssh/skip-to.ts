import type {Readable} from 'node:stream'

/** Bytes of a profile's chatter that are borne before the host counts as unusable. */
const MAX_NOISE = 1 << 20

/** What a stream said instead of the mark. */
export class MarkMissing extends Error {
  readonly noise: string

  constructor(noise: string) {
    super('the mark did not come')
    this.noise = noise
  }
}

/**
 * Takes a stream to what follows the line that begins with the mark, and answers with the rest of that line.
 * @throws {MarkMissing}
 */
export function skipTo(mark: string, stream: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let noise = Buffer.alloc(0)
    const begin = Buffer.from(`\n${mark}`)
    const done = (): void => {
      stream.off('readable', look).off('end', fail).off('close', fail)
    }

    const fail = (): void => {
      done()
      reject(new MarkMissing(noise.toString('utf8')))
    }

    const look = (): void => {
      for (let chunk: Buffer | null; (chunk = stream.read() as Buffer | null) !== null;) {
        noise = Buffer.concat([noise, chunk])
        const start = noise.indexOf(begin)
        const end = start === -1 ? -1 : noise.indexOf(0x0a, start + begin.length)
        if (end === -1) continue
        done()
        if (end + 1 < noise.length) stream.unshift(noise.subarray(end + 1))
        resolve(noise.toString('utf8', start + begin.length, end).trim())
        return
      }

      if (noise.length > MAX_NOISE) fail()
    }

    stream.on('readable', look).once('end', fail).once('close', fail)
  })
}
