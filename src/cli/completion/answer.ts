import {valuesOf, type Answer, type Line, type Place} from './candidate.js'
import {flagCandidates, HELP, VERSION} from './flags.js'
import type {CommandShape, ValueShape} from './shape.js'
import type {Surface} from './surface.js'
import {flagsIn, isFlag, readTyped, type Typed} from './typed.js'
import {answerValue, COMMAND} from './values/index.js'

/** What may stand where the cursor is. */
export async function answer(line: Line, surface: Surface, place: Place): Promise<Answer> {
  const {before, current} = line
  const path = commandWords(before, surface)
  const rest = before.slice(path.length)
  const command = surface.commands.get(path.join(':'))
  if (rest.length === 0 && !isFlag(current) && current !== '-') {
    const words = wordsAfter(path, surface)
    if (words.length > 0) return valuesOf(words)
  }

  if (command !== undefined) return answerIn(command, rest, line, surface, place)
  if (rest.length > 0 || !current.startsWith('-')) return valuesOf([])
  return valuesOf(path.length === 0 ? [HELP, VERSION] : [HELP])
}

/** The words that are the command's name. Colons between them are allowed as well. */
function commandWords(words: readonly string[], surface: Surface): string[] {
  const path: string[] = []
  for (const word of words) {
    if (!surface.knows([...path, word])) break
    path.push(word)
  }

  return path
}

const wordsAfter = (path: readonly string[], surface: Surface): {value: string; description: string}[] =>
  [...surface.wordsAfter(path)].map(([value, description]) => ({value, description}))

async function answerIn(
  command: CommandShape,
  rest: readonly string[],
  {current, after}: Line,
  surface: Surface,
  place: Place,
): Promise<Answer> {
  const typed = readTyped(rest, command)
  if (typed.open !== null) return answerValue(typed.open, current, '', place)
  if (!typed.ended && current.startsWith('-')) {
    const [last] = flagsIn(current, command).slice(-1)
    if (last !== undefined && last.value !== null && last.flag.takesValue)
      return answerValue(last.flag, last.value, last.kept, place)
    return valuesOf(flagCandidates(command, givenIn(command, typed, after), current))
  }

  if (typed.greedy !== null) return answerValue(typed.greedy, current, '', place)
  const arg = argAt(command, typed.args.length)
  if (arg?.kind === COMMAND) return valuesOf(wordsAfter(typed.args, surface))
  if (arg !== undefined) return answerValue(arg, current, '', place)
  // Nothing but a flag can stand here, or a command for the lease is about to begin.
  if (!typed.ended && current === '' && typed.args.length === command.args.length)
    return valuesOf(flagCandidates(command, givenIn(command, typed, after), current))
  return command.strict ? valuesOf([]) : {kind: 'files', kept: ''}
}

/** The argument that the next word is. The last one may take all words that follow. */
function argAt({args, strict}: CommandShape, index: number): ValueShape | undefined {
  const last = args.at(-1)
  return args[index] ?? (last?.multiple === true || (last?.kind === COMMAND && !strict) ? last : undefined)
}

const givenIn = (command: CommandShape, typed: Typed, after: readonly string[]): ReadonlySet<string> =>
  new Set([...typed.given, ...readTyped(after, command).given])
