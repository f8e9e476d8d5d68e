import {createHash} from 'node:crypto'

import {GNU_FIELDS, GNU_RECORDS} from './list-script.js'

/**
 * How everything in a directory looks to GNU find, change times and inode numbers included, as a SHA-256 in hex. The directory itself does
 * not count: its change time moves with its name.
 * @param pieces what the listing script printed; null comes of one that GNU find did not make
 */
export function fingerprintOf(pieces: readonly Buffer[]): string | null {
  const output = Buffer.concat(pieces)
  let at = 0
  // A clock comes first, and then the directory itself.
  for (let field = 0; field < 1 + GNU_FIELDS; field++) {
    const end = output.indexOf(0, at)
    if (end === -1) return null
    if (field === 0 && !/^\d/.test(output.toString('latin1', at, end))) return null
    at = end + 1
  }

  return createHash('sha256').update(output.subarray(at)).digest('hex')
}

/** Prints the same for the directory that the shell is in, with something behind it. */
export const FINGERPRINT = `find . -xdev -mindepth 1 ${GNU_RECORDS} | sha256sum`
