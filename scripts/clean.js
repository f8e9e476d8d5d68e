// Removes build output whose source is gone: declarations from dist/, all of which are written again, and tests from .test/.
// scripts/bundle.js removes old programs itself, when there are new ones: a build must not pull the files from under a running command.
import {existsSync, readdirSync, rmSync, statSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

for (const file of filesIn(join(root, 'dist'))) if (file.endsWith('.d.ts')) rmSync(file)
for (const file of filesIn(join(root, '.test'))) if (file.endsWith('.js') && !hasSource(file)) rmSync(file)

function filesIn(directory) {
  return existsSync(directory) ? readdirSync(directory, {recursive: true}).map(entry => join(directory, entry)) : []
}

function hasSource(file) {
  const source = join(root, relative(join(root, '.test'), file)).replace(/\.js$/, '.ts')
  return existsSync(source) && statSync(source).isFile()
}
