import type {LeaseHandle} from '../core/lease.js'

/** How the suite looks into a lease's workdir. Paths are relative to it, with `/` between their parts. */
export interface Workspace {
  /** Writes a file, in place where it exists, and makes the directories that hold it. */
  readonly write: (lease: LeaseHandle, path: string, bytes: Buffer) => Promise<void>
  /** Null when there is no such file. */
  readonly read: (lease: LeaseHandle, path: string) => Promise<Buffer | null>
  /** Removes a file, or a directory with all that is in it. */
  readonly remove: (lease: LeaseHandle, path: string) => Promise<void>
  /** Sets a file's times to the beginning of the year 2000. Missing where files have none. */
  readonly age?: (lease: LeaseHandle, path: string) => Promise<void>
  /** All files below the workdir, and the empty directories with a `/` at the end. Fails when there is no workdir. */
  readonly list: (lease: LeaseHandle) => Promise<readonly string[]>
}
