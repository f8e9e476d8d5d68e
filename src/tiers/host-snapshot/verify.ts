import type {Stored} from '../../core/checkpoint.js'
import type {Context} from '../../core/context.js'
import {CrabboxError} from '../../core/errors.js'
import type {VerifyReport} from '../../core/handlers.js'
import {onHost, type HostSnapshotLeases} from './leases.js'
import {placeOf} from './place.js'
import {runOnHost} from './run.js'
import {VERIFY} from './scripts.js'

/** Compares the listing of a saved state with the one that was made when it was saved. Content is the file system's to keep. */
export async function verify(
  leases: HostSnapshotLeases,
  checkpoint: Stored<'provider-native'>,
  context: Context,
): Promise<VerifyReport> {
  const {details, reference} = checkpoint.artifact
  const problems = await onHost(leases, details, context, async transport => {
    await runOnHost(
      transport,
      {script: VERIFY, args: placeOf(checkpoint), purpose: `look at what ${checkpoint.id} saved`},
      context.signal,
    )
    return []
  }).catch((error: unknown) => {
    const problem = error instanceof CrabboxError ? PROBLEMS[error.code] : undefined
    if (problem === undefined) throw error
    return [`${reference} ${problem}`]
  })
  return {problems, checkedBytes: 0}
}

const PROBLEMS: Readonly<Record<string, string>> = {
  SNAPSHOT_GONE: 'is gone from its host',
  VERIFY_FAILED: 'was changed since it was saved',
}
