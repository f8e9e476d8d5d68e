import {readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

import {isObject} from '../../state/json.js'
import {directoryOf} from '../start.js'

/** A package that brings commands or providers, as oclif finds it. */
export interface Plugin {
  readonly name: string
  /** The package's absolute directory. */
  readonly root: string
  /** What its package.json says under `oclif`. */
  readonly oclif: Readonly<Record<string, unknown>>
}

/** The plugins that Crabbox itself comes with. `root` is Crabbox's own package. */
export const ownPlugins = (root: string): Plugin[] =>
  listOf(join(root, 'package.json')).flatMap(name =>
    typeof name === 'string' ? pluginAt(name, packageAround(root, name)) : [],
  )

/** What the user has added with `crabbox plugins install` and `link`. */
export const addedPlugins = (env: NodeJS.ProcessEnv): Plugin[] => {
  const dir = directoryOf('data', 'crabbox', env)
  return listOf(join(dir, 'package.json')).flatMap(entry => {
    if (!isObject(entry) || typeof entry['name'] !== 'string') return []
    const {name, root} = entry
    return pluginAt(name, typeof root === 'string' ? root : join(dir, 'node_modules', name))
  })
}

/** A JSON file that has to hold an object; an empty one where it does not, or cannot be read. */
export function readObject(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

function listOf(file: string): readonly unknown[] {
  const {oclif} = readObject(file)
  return isObject(oclif) && Array.isArray(oclif['plugins']) ? (oclif['plugins'] as unknown[]) : []
}

function pluginAt(name: string, root: string | null): Plugin[] {
  if (root === null) return []
  const {oclif} = readObject(join(root, 'package.json'))
  return isObject(oclif) ? [{name, root, oclif}] : []
}

/** As Node looks for a package: in the `node_modules` of every directory above. */
function packageAround(from: string, name: string): string | null {
  for (let dir = from; ; dir = dirname(dir)) {
    const root = join(dir, 'node_modules', name)
    if (Object.keys(readObject(join(root, 'package.json'))).length > 0) return root
    if (dir === dirname(dir)) return null
  }
}
