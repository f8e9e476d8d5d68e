import {parentOf, readable, type Stat} from './stat.js'

/** `tree`: a directory and all below it. `some`: whatever was asked for. */
export type Extent = 'tree' | 'some'

/** Looks whether what a host prints can be a listing: a program may print more than find does, or less, and end as if nothing were wrong. */
export interface ListingCheck {
  /** Gets one after the other; `kind` is what the lister calls its type. */
  readonly look: (stat: Stat, kind?: string) => void
  /** Why it is no whole listing; null where it may be one. */
  readonly fault: (left: number) => string | null
}

/**
 * @param extent where it is a tree, a directory comes before what it holds, and the directory itself comes first
 * @param racing whether a file is looked at some time after it was found, so that its directory may have gone in between
 */
export function listingCheck(extent: Extent, racing: () => boolean): ListingCheck {
  const directories = new Set<string>()
  let begun = extent === 'some'
  let parent: string | null = null
  let fault: string | null = null
  const look = ({path, type, mode, uid, gid, size, inode}: Stat, kind = 'f'): void => {
    if (fault !== null) return
    const numbers = Number.isInteger(mode + uid + gid) && Number.isSafeInteger(size) && inode.includes(':')
    if (!numbers || kind.length !== 1) fault = `it says of ${shown(path)} what no file can be`
    else if (!begun && path !== '') fault = `it begins with ${shown(path)}`
    begun = true
    if (extent === 'some' || racing()) return
    if (type === 'directory') directories.add(path)
    const holder = parentOf(path)
    if (holder === parent || path === '') return
    if (!directories.has(holder)) fault ??= `it has ${shown(path)} without its directory`
    parent = holder
  }

  return {
    look,
    fault: left => fault ?? (left > 0 ? 'it breaks off' : begun ? null : 'it is empty'),
  }
}

/** Characters of a name that are shown: what is no listing has no names, and may be long. */
const SHOWN = 60

const shown = (path: string): string => JSON.stringify(readable(path.slice(0, SHOWN)))
