import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

/** The licenses of all packages that these modules are from, as those ask for wherever their code goes. */
export function notices(modules) {
  const packages = new Set(modules.map(packageOf).filter(directory => directory !== undefined))
  return [...packages]
    .sort()
    .map(notice)
    .join(`\n${'-'.repeat(80)}\n\n`)
}

/** The directory of the package that a file is from: below the last `node_modules`. */
const packageOf = file => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file.replaceAll('\\', '/'))?.[0]

function notice(directory) {
  const {name, version, license, licenses = []} = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const file = readdirSync(directory).find(entry => /^licen[cs]e(?:[.-]|$)/i.test(entry))
  if (file === undefined) throw new Error(`${name} has no license to pass on`)
  return `${name} ${version} (${license ?? licenses.map(({type}) => type).join(' or ')})\n\n${readFileSync(join(directory, file), 'utf8').trim()}\n`
}
