import assert from 'node:assert/strict'
import {execFileSync, spawn, spawnSync} from 'node:child_process'
import {buffer} from 'node:stream/consumers'
import {Readable} from 'node:stream'
import {gunzipSync, gzipSync} from 'node:zlib'

import {gunzipped, gzipped} from '../../../src/workspace/dialect/gzipped.js'
import {hasProgram} from '../../support/path.js'

/** What `sh` is on one system or another, as far as this one has it. */
const SHELLS = [['sh'], ['bash', '--posix'], ['dash'], ['busybox', 'sh'], ['zsh', '--emulate', 'sh'], ['mksh']].filter(
  ([shell]) => hasProgram(shell ?? ''),
)

describe('a script whose output comes through gzip', () => {
  for (const [shell = 'sh', ...args] of SHELLS) {
    it(`reads its input, prints its output and ends as without it, in ${[shell, ...args].join(' ')}`, () => {
      for (const code of [0, 3]) {
        const script = gzipped(`cat; echo "$1" >&2; exec sh -c 'echo more; exit ${code}'`)
        const run = spawnSync(shell, [...args, '-c', script, 'crabbox', 'complaint'], {input: 'input\n'})
        assert.equal(run.status, code)
        assert.equal(gunzipSync(run.stdout).toString(), 'input\nmore\n')
        assert.equal(run.stderr.toString(), 'complaint\n')
      }
    })
  }

  it('is unpacked as it comes', async () => {
    const child = spawn('sh', ['-c', gzipped('head -c 3000000 /dev/zero')], {stdio: ['ignore', 'pipe', 'inherit']})
    assert.equal((await buffer(gunzipped(child.stdout))).length, 3_000_000)
  })

  it('may have several members, and must be whole', async () => {
    const one = execFileSync('gzip', ['-1', '-c'], {input: 'one '})
    const unpack = async (...pieces: Buffer[]): Promise<string> =>
      (await buffer(gunzipped(Readable.from(pieces)))).toString()
    assert.equal(await unpack(one, gzipSync('two')), 'one two')
    for (const pieces of [[], [one.subarray(0, -1)], [Buffer.from('Welcome\n'), one], [one, Buffer.from('bye')]])
      await assert.rejects(unpack(...pieces), {code: 'TRANSFER_CORRUPT', kind: 'provider'})
  })
})
