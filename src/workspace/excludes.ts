import ignore from 'ignore'

import {readable, type Stat} from './stat.js'

/** Never saved: helpers that `run` puts into the workdir, which may hold secrets from the user's profile. */
export const ALWAYS_EXCLUDED = ['/.crabbox/env', '/.crabbox/scripts'] as const

/** The same as paths below the workdir. */
export const ALWAYS_EXCLUDED_PATHS: readonly string[] = ALWAYS_EXCLUDED.map(pattern => pattern.slice(1))

/** The file of patterns that a project keeps in its workdir. */
export const IGNORE_FILE = '.crabboxignore'

/** A tree split into what is saved and what is left out. */
export interface Selection {
  readonly kept: readonly Stat[]
  /** Left out by a pattern, or below a directory that is. */
  readonly excluded: readonly Stat[]
}

/**
 * Applies gitignore patterns to a listing. A directory that matches takes all below it along, as git does it.
 * @param patterns beside those that always apply
 */
export function selectStats(stats: readonly Stat[], patterns: readonly string[]): Selection {
  // Nearly every tree has the built-in patterns alone, which need no engine.
  const excludes = patterns.length === 0 ? excludesAlways : excludesBy(patterns)
  const kept: Stat[] = []
  const excluded: Stat[] = []
  const roots = new Set<string>()
  for (const stat of stats) {
    const out = stat.path !== '' && (below(stat.path, roots) || excludes(stat))
    if (out && stat.type === 'directory') roots.add(stat.path)
    ;(out ? excluded : kept).push(stat)
  }

  return {kept, excluded}
}

/** The listing is in the host's order, a directory before what it holds, so the parent has been decided. */
export function below(path: string, roots: ReadonlySet<string>): boolean {
  if (roots.size === 0) return false
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    if (roots.has(path.slice(0, slash))) return true
  }

  return false
}

const excludesAlways = (stat: Stat): boolean => ALWAYS_EXCLUDED_PATHS.includes(stat.path)

function excludesBy(patterns: readonly string[]): (stat: Stat) => boolean {
  // The last match decides, and no pattern may bring back what is never saved. git tells upper from lower case.
  const matcher = ignore({allowRelativePaths: false, ignorecase: false}).add([...patterns, ...ALWAYS_EXCLUDED])
  // Patterns are text, so the path is read as text too.
  return stat => matcher.ignores(readable(stat.type === 'directory' ? `${stat.path}/` : stat.path))
}
