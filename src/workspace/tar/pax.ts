import {corrupt} from './corrupt.js'

/** Extended header records. Keys and values hold one byte a character. */
export type PaxRecords = ReadonlyMap<string, string>

export const NO_RECORDS: PaxRecords = new Map()

/**
 * Decodes the body of a pax extended header byte for byte. tar-stream decodes it as UTF-8, which loses file names that
 * are not UTF-8 and binary attributes such as file capabilities; that is why this is not left to it.
 * @throws {CrabboxError} `LAYER_CORRUPT`
 */
export function decodePax(body: Buffer): PaxRecords {
  const records = new Map<string, string>()
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at)
    const length = space === -1 ? Number.NaN : Number(body.toString('latin1', at, space))
    const equals = body.indexOf(0x3d, space)
    if (
      !Number.isSafeInteger(length) ||
      length <= 0 ||
      at + length > body.length ||
      equals === -1 ||
      equals >= at + length
    ) {
      throw corrupt('a malformed extended header')
    }

    records.set(body.toString('latin1', space + 1, equals), body.toString('latin1', equals + 1, at + length - 1))
    at += length
  }

  return records
}
