import {usageError} from './errors.js'
import {randomBetween, randomHex} from './random.js'
import {ADJECTIVES, ANIMALS} from './words.js'

declare const brand: unique symbol
type Branded<Name extends string> = string & {readonly [brand]: Name}

/** `chk_` and 16 lower-case hex digits. */
export type CheckpointId = Branded<'CheckpointId'>
/** `cbx_` and 12 lower-case hex digits. */
export type LeaseId = Branded<'LeaseId'>
/** Two lower-case words and a hyphen, such as `blue-lobster`. Unique among the leases of one state directory. */
export type Slug = Branded<'Slug'>
/** What a user calls a checkpoint: 1 to 128 of `A-Z a-z 0-9 . _ -`, beginning with a letter or a digit. Not unique. */
export type CheckpointName = Branded<'CheckpointName'>

const CHECKPOINT_ID = /^chk_[0-9a-f]{16}$/
const LEASE_ID = /^cbx_[0-9a-f]{12}$/
const SLUG = /^[a-z][a-z0-9]*(?:-[a-z0-9]+){0,7}$/
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

export const newCheckpointId = (): CheckpointId => `chk_${randomHex(8)}` as CheckpointId
export const newLeaseId = (): LeaseId => `cbx_${randomHex(6)}` as LeaseId

/** A random slug that `taken` does not hold; a number is added when words alone keep colliding. */
export function newSlug(taken: (slug: string) => boolean): Slug {
  for (let attempt = 0; ; attempt++) {
    const words = `${ADJECTIVES[randomBetween(0, ADJECTIVES.length)]}-${ANIMALS[randomBetween(0, ANIMALS.length)]}`
    const slug = attempt < 20 ? words : `${words}-${randomBetween(1000, 9999)}`
    if (!taken(slug)) return slug as Slug
  }
}

export const isCheckpointId = (text: string): text is CheckpointId => CHECKPOINT_ID.test(text)
export const isLeaseId = (text: string): text is LeaseId => LEASE_ID.test(text)
export const isSlug = (text: string): text is Slug => SLUG.test(text) && text.length <= 40

/** @throws {CrabboxError} `CHECKPOINT_NAME_INVALID` */
export function parseCheckpointName(text: string): CheckpointName {
  if (NAME.test(text)) return text as CheckpointName
  throw usageError(
    'CHECKPOINT_NAME_INVALID',
    `${JSON.stringify(text)} cannot be a checkpoint's name`,
    'Use 1 to 128 letters, digits, dots, hyphens and underscores, beginning with a letter or a digit.',
  )
}

/** @throws {CrabboxError} `SLUG_INVALID` */
export function parseSlug(text: string): Slug {
  if (isSlug(text)) return text
  throw usageError(
    'SLUG_INVALID',
    `${JSON.stringify(text)} cannot be a slug`,
    'Use lower-case words of letters and digits with hyphens between them, 40 characters at most.',
  )
}
