import assert from 'node:assert/strict'

import type {LeaseRequest} from '../core/lease.js'
import type {Lab} from './lab.js'

/** An error by its code, whichever copy of Crabbox it comes from. */
export async function expectCode(work: Promise<unknown>, code: string, what: string): Promise<void> {
  const error = await rejectionOf(work, what)
  assert.equal(codeOf(error), code, `${what} fails with another error than ${code}: ${String(error)}`)
}

/** `INTERRUPTED`, or the platform's own error for an aborted signal. */
export async function expectInterrupted(work: Promise<unknown>, what: string): Promise<void> {
  const error = await rejectionOf(work, `${what} with an aborted signal`)
  const aborted = codeOf(error) === 'INTERRUPTED' || (error instanceof Error && error.name === 'AbortError')
  assert.ok(aborted, `${what} with an aborted signal fails with something else: ${String(error)}`)
}

/** What was asked for must not exist at the backend. */
export async function expectGone(lab: Lab, lease: Pick<LeaseRequest, 'id'>, what: string): Promise<void> {
  assert.equal(await lab.leases.status(lab.reference(lease), lab.context), 'gone', `${what} leaves the lease behind`)
}

/** What a promise is rejected with; a promise that is not fails the case. */
export async function rejectionOf(work: Promise<unknown>, what: string): Promise<unknown> {
  const outcome = await work.then(
    () => ({succeeded: true}) as const,
    (error: unknown) => ({succeeded: false, error}) as const,
  )
  if (outcome.succeeded) assert.fail(`${what} succeeds`)
  return outcome.error
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)
