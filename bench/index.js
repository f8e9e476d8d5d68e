// `npm run bench`: Crabbox against the tools that do part of its work, in the same run on the same file system.
// --runs N (default 5): how often each is measured. --only NAME: one of the cases. --big: a 5 GB workspace as well. --ssh: over a real SSH
// server on loopback, and over a slow link.
import {mkdirSync, writeFileSync} from 'node:fs'
import {cpus} from 'node:os'
import {join} from 'node:path'
import process from 'node:process'

import {big} from './cases/big.js'
import {completion} from './cases/completion.js'
import {list} from './cases/list.js'
import {overSsh} from './cases/ssh.js'
import {start} from './cases/start.js'
import {workspace} from './cases/workspace.js'
import {cacheDir, readOptions} from './options.js'
import {printRows} from './report.js'
import {requireTools} from './tools.js'

const options = readOptions(process.argv.slice(2))
requireTools()
mkdirSync(cacheDir, {recursive: true})

const rows = [
  ...(await workspace(options)),
  ...(await overSsh(options)),
  ...(await start(options)),
  ...(await list(options)),
  ...(await completion(options)),
  ...(await big(options)),
]
printRows(rows)

const results = join(cacheDir, 'results.json')
const machine = {node: process.version, platform: process.platform, cpus: cpus().length, model: cpus()[0]?.model}
writeFileSync(
  results,
  `${JSON.stringify({at: new Date().toISOString(), machine, runs: options.runs, rows}, undefined, 2)}\n`,
)
console.log(`\nEvery sample is in ${results}`)
