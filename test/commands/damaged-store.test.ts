import assert from 'node:assert/strict'
import {existsSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import {useSandbox} from '../support/cli.js'
import {refusesAll, runAll} from '../support/refusals.js'

describe('a damaged store', () => {
  let layer = ''
  let manifest = ''
  const sandbox = useSandbox(async ({json, state}) => {
    await json(['warmup', '--slug', 'source'])
    await json(['run', '--id', 'source', '--shell', 'seq 1 50000 > numbers'])
    const {id, artifact} = await json<Checkpoint & {artifact: {layers: string[]}}>([
      'checkpoint',
      'create',
      '--id',
      'source',
      '--name',
      'saved',
    ])
    layer = join(state, 'layers', `${artifact.layers[0]}`)
    manifest = join(state, 'manifests', `${id}.json.gz`)
    // What is to be restored must differ, or no layer is read.
    await json(['run', '--id', 'source', '--no-sync', '--shell', 'rm numbers; echo mine > README.md'])
  })

  const flip = (file: string): void => {
    const bytes = readFileSync(file)
    const middle = bytes.length >> 1
    bytes[middle] = (bytes[middle] ?? 0) ^ 0xff
    writeFileSync(file, bytes)
  }
  const damages: [string, () => string, (file: string) => void, string][] = [
    ['a flipped byte in a layer', () => layer, flip, 'LAYER_CORRUPT'],
    ['a layer that was cut off', () => layer, file => truncateSync(file, 600), 'LAYER_CORRUPT'],
    ['a missing layer', () => layer, file => rmSync(file), 'LAYER_MISSING'],
    ['a flipped byte in a manifest', () => manifest, flip, 'MANIFEST_CORRUPT'],
    ['a missing manifest', () => manifest, file => rmSync(file), 'MANIFEST_MISSING'],
  ]

  for (const [what, file, damage, code] of damages) {
    it(`with ${what} is found out, and neither forked nor restored from`, async () => {
      const whole = readFileSync(file())
      damage(file())
      const [inspected, listed] = await runAll(sandbox, [
        ['checkpoint', 'inspect', 'saved', '--verify'],
        ['checkpoint', 'list', '--verify', '--json'],
      ])
      assert.deepEqual([inspected?.code, listed?.code], [5, 5], inspected?.stderr)
      assert.match(`${inspected?.stderr}`, /^problem: /m)
      assert.doesNotMatch(`${inspected?.stderr}`, /^\s+at /m)
      const refusal = {exit: 5, code}
      await refusesAll(sandbox, [
        [['checkpoint', 'fork', 'saved'], refusal],
        [['checkpoint', 'restore', 'saved', '--id', 'source'], refusal],
        [['checkpoint', 'export', 'saved', '--output', join(sandbox.dir, 'x.tar')], refusal],
      ])
      assert.equal(existsSync(join(sandbox.dir, 'x.tar')), false)
      writeFileSync(file(), whole)
    })
  }

  it('is whole again once its bytes are', async () => {
    assert.equal((await sandbox.run(['checkpoint', 'inspect', 'saved', '--verify'])).code, 0)
    await sandbox.json(['checkpoint', 'restore', 'saved', '--id', 'source'])
  })
})
