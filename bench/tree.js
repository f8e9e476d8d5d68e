import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'

import {cacheDir, projectRoot} from './options.js'

const FIXTURE = join(projectRoot, 'bench', 'fixture', 'package.json')
const ENOUGH = 20_000

/** A git repository with a real npm install in it; made once, then reused as long as the fixture stays the same. */
export function prepareTree() {
  const dir = join(cacheDir, 'tree')
  const note = join(cacheDir, 'tree.json')
  const fixture = createHash('sha256').update(readFileSync(FIXTURE)).digest('hex')
  const known = existsSync(dir) && existsSync(note) ? JSON.parse(readFileSync(note, 'utf8')) : undefined
  if (known?.fixture === fixture) return {dir, ...known}

  makeTree(dir)
  const tree = {fixture, ...sizeOf(dir)}
  if (tree.files < ENOUGH) throw new Error(`npm installed only ${tree.files} files`)
  writeFileSync(note, `${JSON.stringify(tree)}\n`)
  return {dir, ...tree}
}

function makeTree(dir) {
  console.error('making the tree: npm install')
  const fresh = `${dir}.new`
  rmSync(dir, {recursive: true, force: true})
  rmSync(fresh, {recursive: true, force: true})
  mkdirSync(fresh)
  copyFileSync(FIXTURE, join(fresh, 'package.json'))
  writeFileSync(join(fresh, '.gitignore'), 'node_modules/\n')
  const run = (program, ...args) => execFileSync(program, args, {cwd: fresh, stdio: ['ignore', 'ignore', 'inherit']})
  run('npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error')
  run('git', 'init', '--quiet', '--initial-branch', 'main')
  run('git', 'add', '.')
  run('git', '-c', 'user.name=Bench', '-c', 'user.email=bench@localhost', 'commit', '--quiet', '-m', 'The fixture')
  renameSync(fresh, dir)
}

/** Regular files below a directory, and their bytes. Names in `except`, directly below it, are left out. */
export function sizeOf(dir, except = []) {
  let files = 0
  let bytes = 0
  for (const entry of readdirSync(dir, {withFileTypes: true})) {
    if (except.includes(entry.name)) continue
    const path = join(dir, entry.name)
    if (entry.isDirectory()) {
      const inside = sizeOf(path)
      files += inside.files
      bytes += inside.bytes
    } else if (entry.isFile()) {
      files += 1
      bytes += lstatSync(path).size
    }
  }
  return {files, bytes}
}
