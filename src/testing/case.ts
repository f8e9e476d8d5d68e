import type {Tier} from '../core/tier.js'

/** What the suite looks at, in the order in which it does. */
export const CONFORMANCE_OPERATIONS = [
  'acquire',
  'connect',
  'release',
  'list',
  'create',
  'fork',
  'restore',
  'delete',
  'verify',
  'recover',
  'cancel',
] as const
/** See `CONFORMANCE_OPERATIONS`. */
export type ConformanceOperation = (typeof CONFORMANCE_OPERATIONS)[number]

/** One thing that every provider must do. Cases depend on nothing but their subject, and can run in any order. */
export interface ConformanceCase {
  readonly operation: ConformanceOperation
  /** Null for what has to do with leases only. */
  readonly tier: Tier | null
  /** A sentence about the operation, which is its subject: `leaves the source as it was`. Unique within both. */
  readonly title: string
  /** Rejects with what is wrong. Gives back all that it acquired, also then. */
  readonly run: () => Promise<void>
  /** Why the provider is known to fail, where it is: `run` then rejects when it passes. */
  readonly gap?: string
}

/** A case in one line, such as `create (recipe): answers the same id with the same artifact`. Unique in a suite. */
export const nameOfCase = ({operation, tier, title}: Pick<ConformanceCase, 'operation' | 'tier' | 'title'>): string =>
  `${operation}${tier === null ? '' : ` (${tier})`}: ${title}`

/** Makes the cases of one operation; `Lab` is what each is given to work in. */
export type CaseMaker<Lab> = (title: string, run: (lab: Lab) => Promise<void>) => ConformanceCase
