import {createRequire} from 'node:module'

import {lazyModule} from './lazy-module.js'

const require = createRequire(import.meta.url)
const core = createRequire(require.resolve('@oclif/core/package.json'))

/** oclif requires all of these at its start, and calls each for something that few commands do. */
const LAZY = ['cli-spinners', 'ejs', 'lilconfig', 'minimatch', 'tinyglobby', 'wordwrap', 'node:child_process']

/** Sorts ids by the alphabet of the user's language, for which Node would load its tables of languages. */
const SORT = 'a.id.localeCompare(b.id)'

/** A plugin for rolldown that leaves out of a start of oclif what takes time and has no effect on what it does. */
export function lighterOclif() {
  assertNodeIsChecked()
  return {
    name: 'lighter-oclif',
    resolveId: (id, importer, {kind}) => {
      if (id.startsWith('\0')) return id
      // What is not certain to end the same way is left to oclif as it is installed.
      if (id === '@oclif/core' && kind === 'dynamic-import') return {id, external: true}
      // As a module for import, `process` reads its own properties, and with them opens standard input.
      if (id === 'node:process' && kind === 'import-statement') return '\0process'
      if (!importer?.includes('/node_modules/@oclif/core/lib/')) return undefined
      if (LAZY.includes(id)) return `\0lazy:${id}`
      if (id === 'semver') return '\0semver'
      return id === 'wsl-utils' ? '\0wsl' : undefined
    },
    load: id => {
      if (id === '\0process') return 'export default globalThis.process'
      // Only asked whether Node is new enough: `assertNodeIsChecked`.
      if (id === '\0semver') return 'exports.satisfies = () => true'
      if (id === '\0wsl') return wslModule()
      return id.startsWith('\0lazy:') ? lazyModule(id.slice('\0lazy:'.length), '@oclif/core') : undefined
    },
    transform: (code, id) => {
      if (id.endsWith('/@oclif/core/lib/config/plugin.js')) return replaceOnce(code, SORT, '(a.id < b.id ? -1 : 1)', id)
      return undefined
    },
  }
}

/** Whether this is the Windows Subsystem for Linux is always asked; where its PowerShell is, hardly ever. */
function wslModule() {
  const utils = core.resolve('wsl-utils')
  const isWsl = createRequire(utils).resolve('is-wsl')
  return `
    export {default as isWsl} from ${JSON.stringify(isWsl)}
    export const powerShellPath = async () => (await import(${JSON.stringify(utils)})).powerShellPath()`
}

function replaceOnce(code, text, by, file) {
  if (code.split(text).length !== 2) throw new Error(`${file} does not hold ${text} once: oclif has changed`)
  return code.replace(text, by)
}

/** Whoever may run Crabbox may run oclif. */
function assertNodeIsChecked() {
  const [ours, theirs] = ['../../package.json', '@oclif/core/package.json'].map(file => require(file).engines.node)
  if (!core('semver').subset(ours, theirs)) throw new Error(`oclif needs Node ${theirs}, Crabbox allows ${ours}`)
}
