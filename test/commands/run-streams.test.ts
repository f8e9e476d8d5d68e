import assert from 'node:assert/strict'
import {spawnSync, type SpawnSyncReturns} from 'node:child_process'
import {createHash, randomBytes} from 'node:crypto'
import {readdirSync} from 'node:fs'
import {join} from 'node:path'

import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'
import {projectRoot} from '../support/project.js'

describe('what run passes on', () => {
  const sandbox = useSandbox(async ({json}) => void (await json<Lease>(['warmup', '--slug', 'here'])))
  const on = (...args: string[]): string[] => ['run', '--id', 'here', '--no-sync', ...args]

  const throughShell = (script: string, args: readonly string[]): SpawnSyncReturns<string> => {
    const command = [process.execPath, join(projectRoot, 'bin/run.js'), ...args]
    const {env, repo: cwd} = sandbox
    return spawnSync('sh', ['-c', script, 'sh', ...command], {encoding: 'utf8', env, cwd})
  }

  it('keeps stdout and stderr apart', async () => {
    const {stdout, stderr} = await sandbox.run(on('--shell', 'echo out; echo err >&2; echo more'))
    assert.deepEqual({stdout, stderr}, {stdout: 'out\nmore\n', stderr: 'err\n'})
  })

  it('gives the command its input, byte for byte, also a megabyte of it', async () => {
    const input = randomBytes(1 << 20)
    const {stdout} = await sandbox.run(on('--', 'sha256sum'), {input})
    assert.equal(stdout.split(' ')[0], createHash('sha256').update(input).digest('hex'))
  })

  it('loses nothing of a long output', async () => {
    const {stdout} = await sandbox.run(on('--shell', 'seq 1 200000'))
    assert.equal(stdout.length, 1_288_895)
    assert.ok(stdout.endsWith('\n200000\n'))
  })

  for (const [what, script, code] of [
    ['ends on that', 'yes', 141],
    ['does not care for that', 'trap "" PIPE; yes', 143],
  ] as const)
    it(`is read by nobody any more, and the command ${what}`, async () => {
      const {stdout, stderr} = throughShell('{ "$@"; echo "$?" >&2; } | head -n 1', on('--shell', script))
      assert.deepEqual([stdout, stderr], ['y\n', `${code}\n`])
    })

  it('cannot be written: one error, and the command is over', async () => {
    for (const args of [on('--', 'echo', 'hi'), ['list', '--json'], ['checkpoint', 'list']]) {
      const {status, stderr} = throughShell('"$@" > /dev/full', args)
      assert.notEqual(status, 0, args.join(' '))
      assert.match(stderr, /^Error: cannot write the output: ENOSPC[^]*\nCode: OUTPUT_FAILED\n[^\n]*\n$/)
    }

    assert.deepEqual(readdirSync(join(sandbox.state, 'locks')), [])
  })

  it('ends when the command ends, though nobody read the input', async () => {
    for (const input of ['open', 'x'.repeat(1 << 20)])
      assert.equal((await sandbox.run(on('--', 'true'), {input})).code, 0)
  })

  it('hands argv over word by word: no shell looks at it', async () => {
    const words = [
      'two words',
      'again',
      'here',
      `'"`,
      '$HOME',
      '$(touch oops)',
      'a\nb',
      '*',
      '',
      '-n',
      '--',
      '\\',
      '; exit 3',
      'ü',
      'again',
      '--id',
    ]
    const script = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))'
    const {code, stdout} = await sandbox.run(on('--', process.execPath, '-e', script, '--', ...words))
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(stdout), words)
    assert.equal((await sandbox.run(on('--', 'ls', '-A'))).stdout, '')
  })

  it('hands a script over as one, quotes, newlines and all', async () => {
    const {stdout} = await sandbox.run(on('--shell', `a='x  y'\nprintf '%s|' "$a" "\${#a}" | cat && echo "it's"`))
    assert.equal(stdout, `x  y|4|it's\n`)
  })

  it('gives the variables that --env names, with their values and not in argv', async () => {
    const env = {TOKEN: `a 'secret' $value\nof two lines`, OTHER: 'second'}
    const names = ['--env', 'TOKEN', '--env', 'OTHER']
    const {stdout} = await sandbox.run(on(...names, '--shell', `printf '%s' "$TOKEN/$OTHER"`), {env})
    assert.equal(stdout, `${env.TOKEN}/${env.OTHER}`)
    const files = JSON.stringify([...(await sandbox.stateNow())])
    const leases = await sandbox.run(['list', '--json'])
    assert.doesNotMatch(files + leases.stdout, /secret/)
  })
})
