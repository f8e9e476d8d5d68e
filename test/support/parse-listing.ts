import {listingParser, type Listing} from '../../src/workspace/parse-listing.js'

/** Parses a listing, whole or not. */
export function parseListing(output: Buffer): Listing {
  const parser = listingParser()
  parser.feed(output)
  return parser.finish()
}
