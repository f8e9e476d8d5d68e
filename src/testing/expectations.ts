import type {Tier} from '../core/tier.js'

/** What the suite may expect of a tier, on every provider that serves it. */
export interface TierExpectations {
  /** `files`: a fork holds what the source held. `none`: there is nothing to fork from, and `fork` refuses with this code. */
  readonly content: {readonly kind: 'files'} | {readonly kind: 'none'; readonly refusal: string}
  /** Whether `verify` reads the bytes; an image or a snapshot can only be looked at. */
  readonly verifiesBytes: boolean
}

const FILES = {kind: 'files'} as const

export const EXPECTATIONS: {readonly [T in Tier]: TierExpectations} = {
  recipe: {content: {kind: 'none', refusal: 'RECIPE_NOT_REBUILDABLE'}, verifiesBytes: false},
  'workspace-archive': {content: FILES, verifiesBytes: true},
  'aws-ami': {content: FILES, verifiesBytes: false},
  'provider-native': {content: FILES, verifiesBytes: false},
}
