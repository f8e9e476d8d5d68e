import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs'
import {join} from 'node:path'

import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'

describe('what run syncs', () => {
  let lease: Lease
  const sandbox = useSandbox(async ({json}) => {
    lease = await json<Lease>(['warmup', '--slug', 'synced'])
  })
  const {repo, write, git} = sandbox
  const here = (path: string): string => join(repo, path)
  const fake = join(sandbox.dir, 'bin')
  const tar = execFileSync('sh', ['-c', 'command -v tar'], {encoding: 'utf8'}).trim()
  const there = (path: string): string => join(lease.workdir, path)
  const run = async (script = 'true'): Promise<void> => {
    const {code, stderr} = await sandbox.run(['run', '--id', 'synced', '--shell', script])
    assert.deepEqual({code, stderr}, {code: 0, stderr: ''})
  }

  it('is what git tracks and what it does not ignore, from wherever in the checkout', async () => {
    write('new file.txt', 'untracked')
    write('debug.log', 'ignored')
    write('node_modules/dep/index.js', 'ignored')
    write('it\'s a "quoted"\nname', 'odd')
    const {code} = await sandbox.run(['run', '--id', 'synced', '--', 'true'], {cwd: here('src')})
    assert.equal(code, 0)
    assert.deepEqual(readdirSync(lease.workdir).sort(), [
      '.gitignore',
      'README.md',
      'it\'s a "quoted"\nname',
      'new file.txt',
      'src',
    ])
  })

  it('keeps the executable bit, symbolic links and times', async () => {
    write('bin/tool', '#!/bin/sh\n')
    chmodSync(here('bin/tool'), 0o755)
    symlinkSync('../README.md', here('bin/readme'))
    symlinkSync('/nowhere/at all', here('dangling'))
    utimesSync(here('README.md'), 1_600_000_000.25, 1_600_000_000.25)
    await run()
    assert.equal(statSync(there('bin/tool')).mode & 0o111, 0o111)
    assert.equal(readlinkSync(there('bin/readme')), '../README.md')
    assert.equal(readlinkSync(there('dangling')), '/nowhere/at all')
    assert.equal(
      statSync(there('README.md'), {bigint: true}).mtimeNs,
      statSync(here('README.md'), {bigint: true}).mtimeNs,
    )

    chmodSync(here('bin/tool'), 0o644)
    await run()
    assert.equal(statSync(there('bin/tool')).mode & 0o111, 0)
  })

  it('is a file that was written to, whatever became of its size and time', async () => {
    write('vendor', 'version 1.0.1')
    utimesSync(here('vendor'), 499_162_500, 499_162_500)
    await run()
    write('vendor', 'version 1.0.2')
    utimesSync(here('vendor'), 499_162_500, 499_162_500)
    await run()
    assert.equal(readFileSync(there('vendor'), 'utf8'), 'version 1.0.2')
    rmSync(here('vendor'))
  })

  it('takes away what an interrupted sync has brought when it is gone from the checkout', async () => {
    write('elsewhere', 'of a branch')
    // It unpacks what it gets and fails, as when the connection is lost at the end.
    write('tar', `#!/bin/sh\n${tar} "$@"; for word; do if [ "$word" = --extract ]; then exit 9; fi; done\n`, fake)
    chmodSync(join(fake, 'tar'), 0o755)
    const broken = {env: {PATH: `${fake}:${process.env['PATH']}`}}
    assert.equal((await sandbox.run(['run', '--id', 'synced', '--', 'true'], broken)).code, 5)
    assert.ok(existsSync(there('elsewhere')))
    rmSync(here('elsewhere'))
    await run()
    assert.equal(existsSync(there('elsewhere')), false)
  })

  it('takes away what is gone from the checkout, tracked or not, and nothing that the lease made itself', async () => {
    await run('mkdir -p build && echo made > build/out && echo made > made-here')
    git('rm', '--quiet', 'src/cart.js')
    rmSync(here('new file.txt'))
    rmSync(here('dangling'))
    write('src/next.js', 'next')
    await run()
    for (const path of ['src/cart.js', 'new file.txt', 'dangling']) assert.equal(existsSync(there(path)), false, path)
    assert.deepEqual(readdirSync(there('src')), ['next.js'])
    assert.equal(readFileSync(there('build/out'), 'utf8') + readFileSync(there('made-here'), 'utf8'), 'made\nmade\n')
  })

  it('puts back what a command changed or removed on the lease', async () => {
    await run('echo changed > README.md; rm src/next.js; rm .gitignore && mkdir .gitignore')
    await run()
    assert.equal(readFileSync(there('README.md'), 'utf8'), 'A shop.\n')
    assert.equal(readFileSync(there('src/next.js'), 'utf8'), 'next')
    assert.ok(lstatSync(there('.gitignore')).isFile())
  })

  it('replaces a link that lies where a directory or file must be, and does not write through it', async () => {
    const outside = join(sandbox.dir, 'outside')
    mkdirSync(outside)
    write('next.js', 'precious', outside)
    await run(`rm -r src && ln -s '${outside}' src && rm README.md && ln -s '${outside}/next.js' README.md`)
    await run()
    assert.equal(readFileSync(join(outside, 'next.js'), 'utf8'), 'precious')
    assert.deepEqual(readdirSync(outside), ['next.js'])
    assert.ok(lstatSync(there('src')).isDirectory() && lstatSync(there('README.md')).isFile())
  })

  it('follows a directory that became a file, and a file that became a directory', async () => {
    rmSync(here('src'), {recursive: true})
    write('src', 'a file now')
    rmSync(here('README.md'))
    write('README.md/part', 'a directory now')
    await run()
    assert.equal(readFileSync(there('src'), 'utf8'), 'a file now')
    assert.equal(readFileSync(there('README.md/part'), 'utf8'), 'a directory now')
  })
})
