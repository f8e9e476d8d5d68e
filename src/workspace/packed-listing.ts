import {promisify} from 'node:util'
import {gunzip} from 'node:zlib'

import type {Transport} from '../core/transport.js'
import {hostFailure} from '../transports/script.js'

const unzip = promisify(gunzip)

/** How a host is to send a listing, which shrinks to a tenth: two megabytes for 20,000 files. */
export const listingFor = ({distant}: Transport): 'packed' | 'plain' => (distant?.() === true ? 'packed' : 'plain')

/**
 * A listing as it was made, however it came. Neither a time nor the letter of a lister begins as a gzip file does.
 * @throws {CrabboxError} `HOST_COMMAND_FAILED` for one that did not come whole
 */
export async function unpacked(output: Buffer): Promise<Buffer> {
  if (output[0] !== 0x1f || output[1] !== 0x8b) return output
  return unzip(output).catch(() => {
    throw hostFailure('list a directory', 'its gzip did not send all of it', '')
  })
}
