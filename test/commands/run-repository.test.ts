import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdirSync, readdirSync} from 'node:fs'
import {join} from 'node:path'

import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'
import {refuses} from '../support/refusals.js'

describe('run and the repository that it stands in', () => {
  let lease: Lease
  const sandbox = useSandbox(async ({json, dir, env, write}) => {
    lease = await json<Lease>(['warmup', '--slug', 'shop'])
    mkdirSync(join(dir, 'plain'))
    write('file', 'not in git', join(dir, 'plain'))
    write('file', 'another repository', join(dir, 'bakery'))
    execFileSync('git', ['init', '--quiet'], {cwd: join(dir, 'bakery'), env})
  })
  const {run, json, dir, env, write} = sandbox
  const plain = {cwd: join(dir, 'plain')}
  const bakery = {cwd: join(dir, 'bakery')}

  it('warns outside of git, syncs nothing and runs', async () => {
    const {code, stdout, stderr} = await run(['run', '--id', 'shop', '--', 'echo', 'ran'], plain)
    assert.deepEqual({code, stdout}, {code: 0, stdout: 'ran\n'})
    assert.equal(stderr, 'warning: not in a git checkout: nothing was synced\n')
    assert.deepEqual(readdirSync(lease.workdir), [])
  })

  it('says nothing of it when --no-sync was given, and refuses --sync there', async () => {
    assert.equal((await run(['run', '--id', 'shop', '--no-sync', '--', 'true'], plain)).stderr, '')
    const refusal = {exit: 2, code: 'NO_CHECKOUT', says: /plain/}
    await refuses(sandbox, ['run', '--id', 'shop', '--sync', '--', 'true'], refusal, plain)
  })

  it('refuses to put another repository over the lease’s files', async () => {
    const refusal = {exit: 6, code: 'OTHER_REPOSITORY', says: /shop.*bakery.*--no-sync/}
    await refuses(sandbox, ['run', '--id', 'shop', '--', 'touch', 'oops'], refusal, bakery)
    assert.deepEqual(readdirSync(lease.workdir), [])
  })

  it('does it when --sync asks for it, and runs without when --no-sync does', async () => {
    assert.equal((await run(['run', '--id', 'shop', '--no-sync', '--', 'ls'], bakery)).stdout, '')
    assert.equal((await run(['run', '--id', 'shop', '--sync', '--', 'ls'], bakery)).stdout, 'file\n')
  })

  it('does not take a repository that git refuses for none', async () => {
    write('.git', 'damaged', join(dir, 'refused'))
    write('deep/file', 'content', join(dir, 'refused'))
    const refusal = {exit: 3, code: 'GIT_FAILED', says: /refused.*invalid gitfile.*--no-sync/}
    const within = {cwd: join(dir, 'refused/deep')}
    await refuses(sandbox, ['run', '--id', 'shop', '--', 'touch', 'oops'], refusal, within)
    assert.equal((await run(['run', '--id', 'shop', '--no-sync', '--', 'true'], within)).code, 0)
  })

  it('takes what has no work tree, or is no repository, for no checkout, as git does', async () => {
    const [hub, stray] = [join(dir, 'hub'), join(dir, 'stray')]
    execFileSync('git', ['init', '--quiet', '--bare', join(hub, '.bare')], {env})
    write('.git', 'gitdir: ./.bare\n', hub)
    mkdirSync(join(stray, '.git'), {recursive: true})
    for (const cwd of [hub, stray]) {
      const {code, stderr} = await run(['run', '--id', 'shop', '--', 'true'], {cwd})
      assert.deepEqual([code, stderr], [0, 'warning: not in a git checkout: nothing was synced\n'])
    }
  })

  it('syncs a checkout whose name ends in white space, and not its neighbour', async () => {
    for (const name of ['name ', 'name']) {
      write(`of ${JSON.stringify(name)}`, 'content', join(dir, name))
      execFileSync('git', ['init', '--quiet'], {cwd: join(dir, name), env})
    }

    const {stdout} = await run(['run', '--id', 'shop', '--sync', '--', 'ls'], {cwd: join(dir, 'name ')})
    assert.equal(stdout, 'of "name "\n')
  })

  it('leases under the directory’s name outside of git', async () => {
    const {workdir, repo} = await json<Lease>(['warmup'], plain)
    assert.deepEqual([workdir.endsWith('/plain'), repo?.head], [true, null])
  })
})
