import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'

export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)))

/** Everything that the bench makes: one file system for Crabbox and for its peers. */
export const cacheDir = join(projectRoot, 'bench', '.cache')

const CASES = [
  'create',
  'incremental',
  'fork',
  'restore',
  'renewed',
  'memory',
  'start',
  'list',
  'completion',
  'big',
  'ssh',
  'ssh-slow',
  'ssh-apart',
]

export function readOptions(args) {
  const {values} = parseArgs({
    args,
    options: {
      runs: {type: 'string', default: '5'},
      only: {type: 'string', multiple: true},
      big: {type: 'boolean', default: false},
      ssh: {type: 'boolean', default: false},
    },
  })
  const runs = Number(values.runs)
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs takes a whole number from 1 on')
  const unknown = values.only?.find(name => !CASES.includes(name))
  if (unknown) throw new Error(`--only ${unknown}: there are ${CASES.join(', ')}`)
  const chosen =
    values.only ?? CASES.filter(name => (name !== 'big' || values.big) && (!name.startsWith('ssh') || values.ssh))
  return {runs, wants: name => chosen.includes(name)}
}
