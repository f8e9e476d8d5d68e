import type {Readable} from 'node:stream'

import {hostFailure} from '../transports/script.js'
import type {Extent} from './listing-check.js'
import {listingParser, type Listing, type ListingParser} from './parse-listing.js'
import type {Stat} from './stat.js'
import {unpackListing} from './unpack-listing.js'

/** How a directory looked before, by path; null where nobody knows. It never rejects. */
export type Looked = Promise<ReadonlyMap<string, Stat> | null>

export const NOBODY_KNOWS: Looked = Promise.resolve(null)

/** What a listing script has printed. */
export interface ReadOutput {
  /** What it printed before the listing, a field each; fewer than were to come where it failed. */
  readonly before: readonly string[]
  /** The listing as it was made, however it came, in pieces. */
  readonly output: readonly Buffer[]
  /** Why it is none, or did not come whole; null where it did. */
  readonly failure: Error | null
}

/** The same, and what it says. */
export interface ReadListing extends ReadOutput {
  readonly listing: Listing
}

/**
 * Reads what a listing script prints. It is read to its end whatever it is, since a command that has not been heard out is never said to
 * have ended.
 * @param fields that come before the listing, a NUL after each
 * @param take gets the listing while it comes
 */
export async function readOutput(
  stdout: Readable,
  fields: number,
  take: (piece: Buffer) => Promise<void> | void = () => undefined,
): Promise<ReadOutput> {
  const chunks = piecesOf(stdout)
  const before: string[] = []
  const output: Buffer[] = []
  let failure: Error | null = null
  try {
    const held = await takeFields(chunks, fields, before)
    for await (const piece of unpackListing(held, chunks)) {
      await take(piece)
      output.push(piece)
    }
  } catch (error) {
    failure = error as Error
  }

  return {before, output, failure}
}

/**
 * The same, and parses it while it comes.
 * @param looked may come later than the listing
 * @param of see `listingParser`
 */
export async function readListing(
  stdout: Readable,
  fields: number,
  looked: Looked,
  of: Extent = 'tree',
): Promise<ReadListing> {
  let parser: ListingParser | null = null
  const read = await readOutput(stdout, fields, async piece => {
    // Only once it is being read: what a program has printed is thrown away when it ends and nobody does.
    parser ??= listingParser((await looked) ?? undefined, of)
    parser.feed(piece)
  })
  return {...read, ...ended(parser, read.failure)}
}

/**
 * Parses what was only read.
 * @throws {CrabboxError} `HOST_COMMAND_FAILED` for what is no listing
 */
export function parseOutput(output: readonly Buffer[]): Listing {
  const parser = listingParser()
  for (const piece of output) parser.feed(piece)
  const {listing, failure} = ended(parser, null)
  if (failure !== null) throw failure
  return listing
}

function ended(parser: ListingParser | null, failure: Error | null): Pick<ReadListing, 'listing' | 'failure'> {
  const listing = (parser ?? listingParser()).finish()
  const fault = parser?.fault() ?? null
  if (fault === null || failure !== null) return {listing, failure}
  return {listing, failure: hostFailure('list a directory', 0, `what the host's find printed is no listing: ${fault}`)}
}

/** The pieces of a stream, which goes on when nobody wants more of them. */
async function* piecesOf(stream: Readable): AsyncGenerator<Buffer, void> {
  for await (const piece of stream.iterator({destroyOnReturn: false})) yield piece as Buffer
}

/** Takes the first fields of a stream. Returns what has come behind them. */
async function takeFields(chunks: AsyncGenerator<Buffer, void>, wanted: number, into: string[]): Promise<Buffer> {
  let held: Buffer = Buffer.alloc(0)
  while (into.length < wanted) {
    const end = held.indexOf(0)
    if (end !== -1) {
      into.push(held.toString('latin1', 0, end))
      held = held.subarray(end + 1)
      continue
    }

    const {value} = await chunks.next()
    if (value === undefined) break
    held = Buffer.concat([held, value])
  }

  return held
}
