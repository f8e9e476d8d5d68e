import {once} from 'node:events'
import {createGunzip} from 'node:zlib'

import type {Transport} from '../core/transport.js'
import {hostFailure} from '../transports/script.js'

/**
 * How a host is to send a listing, which shrinks to a tenth: two megabytes for 20,000 files. Whoever is stopped does not wait for a host that
 * does not say how far away it is.
 */
export async function listingFor({distant}: Transport, signal: AbortSignal): Promise<'packed' | 'plain'> {
  if (distant === undefined || signal.aborted) return 'plain'
  const answered = new AbortController()
  const stopped = once(signal, 'abort', {signal: answered.signal}).then(
    () => false,
    () => false,
  )
  const far = await Promise.race([distant(), stopped])
  answered.abort()
  return far ? 'packed' : 'plain'
}

/** What a gzip file begins with. Neither a time nor the letter of a lister begins so. RFC 1952, 2.3.1. */
const GZIP = Buffer.from([0x1f, 0x8b])

/** Bytes that come out of zlib at a time: by default it comes back to the main thread for every 16 kB. */
const CHUNK = 1 << 18

/**
 * A listing as it was made, however it comes.
 * @param held what has come already
 * @throws {CrabboxError} `HOST_COMMAND_FAILED` for one that does not come whole
 */
export async function* unpackListing(held: Buffer, rest: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer> {
  let first = held
  while (first.length < GZIP.length) {
    const {value} = await rest.next()
    if (value === undefined) break
    first = Buffer.concat([first, value])
  }

  const whole = join(first, rest)
  yield* first.subarray(0, GZIP.length).equals(GZIP) ? gunzipped(whole) : whole
}

async function* join(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first
  yield* rest
}

async function* gunzipped(packed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const unzip = createGunzip({chunkSize: CHUNK})
  const over = new AbortController()
  // Whoever reads meets the error.
  unzip.on('error', () => undefined).once('close', () => over.abort())
  // A command that has not been heard out is never said to have ended, so it is read to its end whatever comes.
  const feed = async (): Promise<void> => {
    for await (const piece of packed) {
      if (unzip.destroyed || unzip.write(piece)) continue
      await once(unzip, 'drain', {signal: over.signal}).catch(() => undefined)
    }

    unzip.end()
  }

  const feeding = feed().catch((error: unknown) => void unzip.destroy(error as Error))
  try {
    yield* unzip as AsyncIterable<Buffer>
  } catch {
    throw hostFailure('list a directory', 0, 'its gzip did not send all of it')
  } finally {
    await feeding
  }
}
