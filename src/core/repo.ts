/** Which repository a lease or a checkpoint belongs to. */
export interface RepoIdentity {
  /** The base name of the checkout, made safe as one path component. */
  readonly name: string
  /** The `origin` remote without user name, password or token; null where there is none. */
  readonly remote: string | null
  /** The commit that was checked out; null in an empty repository or outside git. */
  readonly head: string | null
  readonly branch: string | null
  /** True when tracked files had uncommitted changes. */
  readonly dirty: boolean
}

/** True when both name the same repository: the same remote, or the same name where either has no remote. */
export function sameRepo(a: RepoIdentity | null, b: RepoIdentity | null): boolean {
  if (a === null || b === null) return a === b
  return a.remote !== null && b.remote !== null ? a.remote === b.remote : a.name === b.name
}
