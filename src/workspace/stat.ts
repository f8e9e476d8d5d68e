/** What a listing tells of one file. Strings from the host hold one byte a character. */
export interface Stat {
  /** Relative to the listed directory, no leading `./`; the directory itself is the empty string. */
  readonly path: string
  readonly type: StatType
  /** The twelve permission bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes; 0 for everything but files and symbolic links. */
  readonly size: number
  /** Seconds with nine decimals, as text. */
  readonly mtime: string
  /** Like `mtime`; empty when it is too fresh to tell a later change from an earlier one. */
  readonly ctime: string
  /** Device and inode number. */
  readonly inode: string
  readonly links: number
  /** Where a symbolic link points; empty for other types. */
  readonly target: string
}

export type StatType = 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'device'

/** A path of bytes as people read it. Bytes that are no UTF-8 become replacement characters. */
export const readable = (path: string): string => {
  if (path === '') return '.'
  // Nearly all are like this, and a restore has one for every file.
  return BEYOND_ASCII.test(path) ? Buffer.from(path, 'latin1').toString('utf8') : path
}

const BEYOND_ASCII = /[\x80-\xff]/

/** The directory that holds a path; the empty string for the root's children and for the root. */
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
