import type {CommandShape, FlagShape} from './shape.js'

/** What the words after a command's name say, as oclif reads them. */
export interface Typed {
  /** Names of flags that are there. */
  readonly given: ReadonlySet<string>
  /** Words that are no flags and no values of flags. */
  readonly args: readonly string[]
  /** The flag whose value the next word is, whatever it looks like. */
  readonly open: FlagShape | null
  /** The repeatable flag that takes the next word, unless that is a flag: oclif lets one flag have several words. */
  readonly greedy: FlagShape | null
  /** Whether there was a `--`: no flag follows. */
  readonly ended: boolean
}

/** Reads words as oclif's parser does. */
export function readTyped(words: readonly string[], command: CommandShape): Typed {
  const given = new Set<string>()
  const args: string[] = []
  let open: FlagShape | null = null
  let greedy: FlagShape | null = null
  let ended = false
  for (const word of words) {
    if (open !== null) {
      open = null
    } else if (!ended && word === '--') {
      ended = true
    } else if (!ended && isFlag(word)) {
      for (const {flag, value} of flagsIn(word, command)) {
        given.add(flag.name)
        if (!flag.takesValue) continue
        greedy = flag.multiple ? flag : null
        if (value === null) open = flag
      }
    } else if (ended || greedy === null) {
      args.push(word)
    }
  }

  return {given, args, open, greedy: ended ? null : greedy, ended}
}

export const isFlag = (word: string): boolean => word.startsWith('-') && word !== '-'

/** A flag in a word, and what the word holds of its value: `kept` is what stands before that. */
export interface FlagInWord {
  readonly flag: FlagShape
  /** Null: the value is not in this word. */
  readonly value: string | null
  readonly kept: string
}

/** The flags that a word gives: `--name`, `--name=value`, `--no-name`, `-n`, `-nvalue`, `-n=value`, or several letters. */
export function flagsIn(word: string, {flags}: CommandShape): FlagInWord[] {
  if (!word.startsWith('--')) return shortFlags(word, flags)
  const equals = word.indexOf('=')
  const name = word.slice(2, equals === -1 ? undefined : equals)
  const flag =
    flags.find(one => one.name === name || one.aliases.includes(name)) ??
    flags.find(one => one.allowNo && `no-${one.name}` === name)
  if (flag === undefined) return []
  const kept = word.slice(0, equals + 1)
  return [{flag, kept, value: equals === -1 ? null : word.slice(equals + 1)}]
}

function shortFlags(word: string, flags: readonly FlagShape[]): FlagInWord[] {
  const found: FlagInWord[] = []
  for (let at = 1; at < word.length; at++) {
    const flag = flags.find(({chars}) => chars.includes(word.charAt(at)))
    if (flag === undefined) break
    const rest = at + (word[at + 1] === '=' ? 2 : 1)
    const value = flag.takesValue && at + 1 < word.length ? word.slice(rest) : null
    found.push({flag, value, kept: value === null ? '' : word.slice(0, rest)})
    if (flag.takesValue) break
  }

  return found
}
