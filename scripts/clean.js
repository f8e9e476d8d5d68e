// Removes build output whose source is gone, from dist/ and .test/. What is still wanted stays in place, so that a
// build does not pull the files from under a running command.
import {existsSync, readdirSync, rmSync, statSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

prune(join(root, 'dist'), join(root, 'src'))
prune(join(root, '.test'), root)

function prune(output, source) {
  if (!existsSync(output)) return
  for (const entry of readdirSync(output, {recursive: true})) {
    const file = join(output, entry)
    if (/\.(js|d\.ts)$/.test(file) && existsSync(file) && !hasSource(join(source, relative(output, file)))) rmSync(file)
  }
}

function hasSource(file) {
  const source = file.replace(/(\.d\.ts|\.js)$/, '.ts')
  return existsSync(source) && statSync(source).isFile()
}
