import {answer} from './answer.js'
import type {Answer, Candidate, Line} from './candidate.js'
import {addedPlugins, ownPlugins} from './plugins.js'
import {isShellName, SHELLS} from './shells/index.js'
import {readSurface} from './surface.js'

/**
 * What `crabbox __complete SHELL …` prints: the answer to a shell whose user has typed TAB. Asks nobody but files of this machine and takes
 * no lock. It never fails: what cannot be read gives no candidates. `root` is the directory of Crabbox's package.
 */
export async function complete(
  root: string,
  [name, ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  if (!isShellName(name)) return ''
  const {line, tell} = SHELLS[name].read(args)
  const found = await answerFrom(root, line, env).catch(() => null)
  return found === null
    ? ''
    : tell(printable(found))
        .map(text => `${text}\n`)
        .join('')
}

const answerFrom = async (root: string, line: Line, env: NodeJS.ProcessEnv): Promise<Answer> =>
  answer(line, readSurface(root, [...ownPlugins(root), ...addedPlugins(env)]), {env})

// A name with a line break would be two candidates, and an escape sequence would reach the terminal.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001F\u007F-\u009F]/
const EVERY_CONTROL = new RegExp(CONTROL, 'g')

function printable(found: Answer): Answer {
  if (found.kind !== 'values') return found
  const candidates = found.candidates
    .filter(({value}) => !CONTROL.test(value))
    .map(({value, description}): Candidate => ({value, description: description.replaceAll(EVERY_CONTROL, ' ')}))
  return {...found, candidates}
}
