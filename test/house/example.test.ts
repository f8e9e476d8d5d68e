import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {projectRoot} from '../support/project.js'
import {temporaryDirectory} from '../support/temporary.js'

const EXAMPLE = join(projectRoot, 'examples', 'provider-plugin')

const sources = ['src', 'test', 'test/support'].flatMap(directory =>
  readdirSync(join(EXAMPLE, directory))
    .filter(name => name.endsWith('.ts'))
    .map(name => join(EXAMPLE, directory, name)),
)

describe('the example of a plugin', () => {
  const dir = temporaryDirectory()

  it('imports nothing but what any plugin can', () => {
    const imported = sources.flatMap(file =>
      [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(match => String(match[1])),
    )
    const packages = new Set(imported.filter(name => !/^(?:node:|\.)/.test(name)))
    assert.deepEqual([...packages].sort(), ['crabbox', 'crabbox/testing'])
  })

  it('compiles with its own settings against the types that Crabbox publishes', () => {
    const paths = {
      crabbox: [join(projectRoot, 'dist', 'index.d.ts')],
      'crabbox/testing': [join(projectRoot, 'dist', 'testing', 'index.d.ts')],
    }
    const typeRoots = [join(projectRoot, 'node_modules', '@types')]
    const compilerOptions = {paths, typeRoots, noEmit: true, rootDir: projectRoot}
    const settings = {extends: join(EXAMPLE, 'tsconfig.json'), compilerOptions, include: [], files: sources}
    writeFileSync(join(dir(), 'tsconfig.json'), JSON.stringify(settings))
    const tsc = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc')
    execFileSync(process.execPath, [tsc, '-p', dir()], {stdio: 'pipe', encoding: 'utf8'})
  })
})
