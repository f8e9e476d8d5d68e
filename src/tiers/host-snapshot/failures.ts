import {busyError, notFoundError, providerError, usageError} from '../../core/errors.js'

/** What to do where a host snapshot will not do. */
export const USE_ARCHIVE = 'Make a checkpoint with --mode archive, which goes anywhere.'

export const snapshotGone = (id: string): Error =>
  notFoundError(
    'SNAPSHOT_GONE',
    `what ${id} saved is not on its host any more`,
    `Run crabbox checkpoint delete ${id} to forget it.`,
  )

export const copyDiffers = (id: string): Error =>
  providerError(
    'VERIFY_FAILED',
    `the copy of ${id} on its host is not what was saved`,
    `Run crabbox checkpoint inspect ${id} --verify to see whether what was saved is whole.`,
  )

export const snapshotsUnsupported = (why: string): Error =>
  usageError(
    'HOST_SNAPSHOT_UNSUPPORTED',
    `the file system of the lease's host would not share blocks: ${why}`,
    USE_ARCHIVE,
  )

export const otherHost = (id: string, host: string, wanted: string): Error =>
  usageError(
    'OTHER_HOST',
    `what ${id} saved is on ${host} and stays there; it cannot be used on ${wanted}`,
    USE_ARCHIVE,
  )

export const excludesUnsupported = (): Error =>
  usageError(
    'EXCLUDES_UNSUPPORTED',
    'a host snapshot is of a whole directory, and --exclude leaves nothing out of it',
    'Leave out --exclude, which saves no space here, or make a checkpoint with --mode archive.',
  )

export const snapshotForeign = (path: string): Error =>
  busyError(
    'SNAPSHOT_FOREIGN',
    `${path} does not bear the marker of a saved state, so nothing was removed`,
    'Look at it and remove it by hand.',
  )
