// Writes oclif.manifest.json, from which oclif knows every command without loading it.
// With --check it writes nothing and exits with 1 when the file is not what would be written.
import {readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'

import {Plugin} from '@oclif/core'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const file = join(root, 'oclif.manifest.json')

const manifest = await buildManifest()
if (!process.argv.includes('--check')) {
  writeFileSync(file, manifest)
} else if (manifest !== readManifest()) {
  console.error('oclif.manifest.json is stale: run `npm run build` and commit the file.')
  process.exitCode = 1
}

async function buildManifest() {
  const plugin = new Plugin({
    root,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  })
  await plugin.load()
  return `${JSON.stringify(plugin.manifest, sortKeys, 2)}\n`
}

function sortKeys(_key, value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function readManifest() {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}
