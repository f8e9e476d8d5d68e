import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

import {projectRoot} from '../support/project.js'

describe('the published package', () => {
  let files: string[]

  before(() => {
    const answer = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: projectRoot,
      stdio: 'pipe',
    })
    const packed: unknown = JSON.parse(answer.toString())
    const [described] = (Array.isArray(packed) ? packed : Object.values(packed as object)) as {
      files: {path: string}[]
    }[]
    files = described?.files.map(({path}) => path) ?? []
  })

  it('holds programs, declarations, documents and licenses, and nothing else', () => {
    const wanted =
      /^(?:bin\/run\.js|dist\/(?:cli|commands|chunks|testing)\/.+\.js|dist\/index\.js|dist\/.+\.d\.ts|dist\/THIRD-PARTY\.txt|docs\/.+\.md|oclif\.manifest\.json|package\.json|README\.md|LICENSE)$/
    assert.deepEqual(
      files.filter(file => !wanted.test(file)),
      [],
    )
    for (const file of ['bin/run.js', 'dist/index.d.ts', 'dist/testing/index.d.ts', 'dist/THIRD-PARTY.txt', 'LICENSE'])
      assert.ok(files.includes(file), file)
  })

  it('holds everything that its programs and declarations name', () => {
    const kinds = files.filter(file => /\.(?:js|d\.ts)$/.test(file))
    for (const file of kinds) {
      const text = readFileSync(join(projectRoot, file), 'utf8')
      for (const [, name = ''] of text.matchAll(/(?:from\s?|import\s?\(?)["'`](\.{1,2}\/[^"'`]+)["'`]/g)) {
        const path = join(dirname(file), name)
        const target = file.endsWith('.d.ts') ? path.replace(/\.js$/, '.d.ts') : path
        assert.ok(files.includes(target), `${file} names ${name}`)
      }
    }
  })

  it('declares what an SDK needs, and nothing of the commands', () => {
    assert.deepEqual(
      files.filter(file => /^dist\/(?:cli|commands)\/.*\.d\.ts$/.test(file)),
      [],
    )
  })

  it('names the license of every package that is in its programs', () => {
    const text = readFileSync(join(projectRoot, 'dist', 'THIRD-PARTY.txt'), 'utf8')
    const parts = text.split(`\n${'-'.repeat(80)}\n\n`)
    assert.ok(parts.some(part => part.startsWith('@oclif/core ')))
    // The least that any of these licenses says.
    for (const part of parts) assert.match(part, /permission|redistribut|license/i, part.slice(0, 60))
    for (const part of parts) assert.ok(part.length > 300, `no license: ${part.slice(0, 60)}`)
  })

  it('is importable by its name, without the command line', () => {
    const program = "await import('crabbox'); await import('crabbox/testing')"
    execFileSync(process.execPath, ['--input-type=module', '--eval', program], {cwd: projectRoot})
    assert.doesNotMatch(readFileSync(join(projectRoot, 'dist', 'index.js'), 'utf8'), /chunks\/cli-/)
    assert.ok(existsSync(join(projectRoot, 'dist', 'index.d.ts')))
  })
})
