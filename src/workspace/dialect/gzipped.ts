import {pipeline, type Readable} from 'node:stream'
import {createGunzip} from 'node:zlib'

import {reasonOf} from '../../core/errors.js'
import {transferCorrupt} from '../layer/packed.js'

/** The output of a script through gzip, and its own status: a pipeline would end with that of gzip. */
export const gzipped = (script: string): string => `exec 4>&1
status=$({
  { (${script}) 3>&- 4>&-; echo $? >&3; } | gzip -1 -c >&4 3>&-
} 3>&1)
exit "$status"`

/** Bytes that come out of zlib at a time: by default it comes back to the main thread for every 16 kB. */
const CHUNK = 1 << 18

/**
 * What was in it.
 * @throws {CrabboxError} `TRANSFER_CORRUPT` for what gzip has not made, or not whole
 */
export async function* gunzipped(stream: Readable): AsyncGenerator<Buffer> {
  const unzip = createGunzip({chunkSize: CHUNK})
  // Whoever reads meets the error.
  pipeline(stream, unzip, () => undefined)
  try {
    yield* unzip as AsyncIterable<Buffer>
  } catch (error) {
    throw transferCorrupt(reasonOf(error))
  }
}
