import type {Candidate} from './candidate.js'
import type {CommandShape, FlagShape} from './shape.js'

export const HELP: Candidate = {value: '--help', description: 'Show help.'}
export const VERSION: Candidate = {value: '--version', description: 'Show the version.'}

/** The flags that can still be given, required ones first. Single letters are offered as long as one hyphen is all there is. */
export function flagCandidates(
  {flags}: CommandShape,
  given: ReadonlySet<string>,
  current: string,
): readonly Candidate[] {
  const excluded = new Set(flags.flatMap(flag => (given.has(flag.name) ? flag.exclusive : [])))
  const possible = flags.filter(
    flag =>
      !flag.hidden &&
      (flag.multiple || !given.has(flag.name)) &&
      !excluded.has(flag.name) &&
      !flag.exclusive.some(name => given.has(name)),
  )
  const ordered = [...possible.filter(({required}) => required), ...possible.filter(({required}) => !required)]
  const help = flags.some(({name}) => name === 'help') ? [] : [HELP]
  return [...ordered.flatMap(flag => namesOf(flag, current)), ...help]
}

function namesOf({name, chars, allowNo, summary}: FlagShape, current: string): Candidate[] {
  const names = [
    `--${name}`,
    ...(allowNo ? [`--no-${name}`] : []),
    ...(current === '-' ? chars.map(char => `-${char}`) : []),
  ]
  return names.map(value => ({value, description: summary}))
}
