// Writes dist/*.js: the program in as few files as a command needs. A command stays a file of its own, where oclif finds it.
// With --modules it writes nothing and prints which sources are in which file, as JSON.
import {readdirSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'

import {rolldown} from 'rolldown'

import {lighterOclif} from './bundle/lighter-oclif.js'
import {lighterSsh} from './bundle/lighter-ssh.js'
import {notices} from './bundle/notices.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dist = join(root, 'dist')

/** What package.json and bin/ name, beside the commands. */
const ENTRIES = ['index', 'testing/index', 'cli/start', 'cli/completion/main', 'cli/command-not-found']

/** Packages that stay what they are: few commands need them, or oclif looks whether they are there. */
const EXTERNAL = /^(?:@aws-sdk\/.*|@inquirer\/.*|@oclif\/plugin-.*|typescript|ts-node|pnpapi)$/

/** What nearly every command needs comes in two files: to open one more takes longer than to skip what is not needed in it. */
const GROUPS = [
  {name: 'core', test: /\/src\/(?:core|state)\/|\/src\/cli\/format\.ts|\/node_modules\/(?:lowdb|steno)\//},
  {
    name: 'cli',
    test: new RegExp(
      [
        '/node_modules/@oclif/core/|\0wsl',
        '/src/cli/(?:run-built-in|command|errors|flags|progress|ask|label|duration|placement|[a-z]+-tables?)[.]ts',
        '/src/operations/(?:interrupted|list|list-leases)[.]ts',
      ].join('|'),
    ),
  },
]

const bundle = await rolldown({
  input: Object.fromEntries([...ENTRIES, ...commands()].map(name => [name, join(root, 'src', `${name}.ts`)])),
  platform: 'node',
  tsconfig: join(root, 'tsconfig.json'),
  transform: {target: 'node20.19'},
  external: EXTERNAL,
  plugins: [lighterOclif(), lighterSsh()],
})
const options = {
  dir: dist,
  format: 'esm',
  // Names of functions stay: a stack that a user sends has to say something.
  minify: {compress: true, codegen: true, mangle: {toplevel: true, keepNames: true}},
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  codeSplitting: {groups: GROUPS},
}
await (process.argv.includes('--modules') ? printModules() : write())
await bundle.close()

async function write() {
  const {output} = await bundle.write(options)
  writeFileSync(join(dist, 'THIRD-PARTY.txt'), notices(output.flatMap(({moduleIds}) => moduleIds)))
  const written = new Set(output.map(({fileName}) => fileName))
  for (const file of readdirSync(dist, {recursive: true}))
    if (file.endsWith('.js') && !written.has(file)) rmSync(join(dist, file))
}

async function printModules() {
  const {output} = await bundle.generate(options)
  const sources = output.map(({fileName, moduleIds}) => [fileName, moduleIds.map(id => relative(root, id))])
  console.log(JSON.stringify(Object.fromEntries(sources)))
}

function commands() {
  const files = readdirSync(join(root, 'src', 'commands'), {recursive: true}).filter(file => file.endsWith('.ts'))
  return files.map(file => `commands/${file.slice(0, -'.ts'.length)}`)
}
