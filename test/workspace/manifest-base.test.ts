import assert from 'node:assert/strict'
import {readFile, writeFile} from 'node:fs/promises'
import {gunzipSync, gzipSync} from 'node:zlib'

import {statePaths} from '../../src/state/paths.js'
import {archiveLab} from '../support/archive-lab.js'

describe('a manifest that others stand on', () => {
  const lab = archiveLab()

  it('is refused by them once it was changed, although it still parses', async () => {
    const {context, write, create, verify} = lab()
    for (let i = 0; i < 20; i++) await write(`f${i}`, '1')
    const first = (await create()).checkpoint
    await write('f0', '2')
    const second = (await create()).checkpoint
    assert.deepEqual(second.artifact.manifests, [second.id, first.id])
    assert.deepEqual(await verify(second), [])
    const file = `${statePaths(context.stateDir).manifests}/${first.id}.json.gz`
    const text = gunzipSync(await readFile(file)).toString('utf8')
    await writeFile(file, gzipSync(text.replace('"f7"', '"g7"')))
    const [problem] = await verify(second)
    assert.match(problem ?? '', /checksum is wrong/)
  })
})
