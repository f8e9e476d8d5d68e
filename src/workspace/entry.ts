/** One file of a checkpoint, as its manifest keeps it. Strings hold one byte a character. */
export interface Entry {
  /** Relative to the workdir; the workdir itself is the empty string. */
  readonly path: string
  readonly type: EntryType
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes of a file or a symbolic link's target; 0 for other types. */
  readonly size: number
  /** Seconds with nine decimals, as text. */
  readonly mtime: string
  /** Where a symbolic link points; empty for other types. */
  readonly target: string
  /** For a further name of a file: the path of its first name. Empty otherwise. */
  readonly hardlink: string
  /** Of a file's content, hex; empty for other types. */
  readonly sha256: string
  /** Digest of extended attributes and ACLs; empty where there are none. */
  readonly attributes: string
  /** The layer that holds the entry, and where in its raw tarball. */
  readonly layer: string
  readonly at: number
  readonly length: number
  /**
   * Only the content lies there: it was stored for another file, or for this one with other times. The header is written anew from
   * what stands here. For files without attributes alone.
   */
  readonly borrowed?: true
}

export type EntryType = 'file' | 'directory' | 'symlink' | 'fifo'

/** A whole tree, by path, parents before children. */
export type Tree = ReadonlyMap<string, Entry>

/** True when both describe the same file, wherever it is stored. */
export const sameEntry = (a: Entry, b: Entry): boolean =>
  a === b ||
  (a.layer === b.layer && a.at === b.at && a.borrowed === undefined && b.borrowed === undefined) ||
  (a.type === b.type &&
    a.mode === b.mode &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.size === b.size &&
    a.mtime === b.mtime &&
    a.target === b.target &&
    a.hardlink === b.hardlink &&
    a.sha256 === b.sha256 &&
    a.attributes === b.attributes)
