import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {buffer} from 'node:stream/consumers'
import {gunzipSync} from 'node:zlib'
import {extract} from 'tar-stream'

import {statePaths} from '../../src/state/paths.js'
import {archiveLab} from '../support/archive-lab.js'
import {makeHardTree} from '../support/hard-tree.js'
import {withoutPrograms} from '../support/path.js'

// A layer is an ordinary tarball: whoever has lost Crabbox can open it.
describe('a layer of a checkpoint', () => {
  const lab = archiveLab()

  const layerOfHardTree = async (): Promise<{file: string; entries: number}> => {
    const {workdir, context, create} = lab()
    await makeHardTree(workdir)
    const {checkpoint, sizes} = await create()
    const name = checkpoint.artifact.layers[0] ?? ''
    return {file: join(statePaths(context.stateDir).layers, name), entries: sizes.entries}
  }

  it('is listed and compared by tar', async () => {
    const {file, entries} = await layerOfHardTree()
    const listed = execFileSync('tar', ['-t', '--quoting-style=escape', '-f', file], {encoding: 'utf8'})
    assert.equal(listed.trimEnd().split('\n').length, entries)
    execFileSync('tar', ['--compare', '-f', file, '-C', lab().workdir])
  })

  it('is read by tar-stream, with the same content', async () => {
    const {file} = await layerOfHardTree()
    const raw = file.endsWith('.gz') ? gunzipSync(await readFile(file)) : execFileSync('zstd', ['-dc', file])
    const seen = new Map<string, string>()
    const unpack = extract()
    Readable.from([raw]).pipe(unpack)
    for await (const entry of unpack) {
      const content = await buffer(entry)
      seen.set(entry.header.name.replace(/^\.\//, ''), createHash('sha256').update(content).digest('hex'))
    }

    for (const name of ['plain.txt', 'big', 'holder/run.sh', 'two\nlines', 'ünï'])
      assert.equal(
        seen.get(name),
        createHash('sha256')
          .update(await readFile(join(lab().workdir, name)))
          .digest('hex'),
      )
  })

  it('is compressed with gzip where there is no zstd', async () => {
    const {file} = await withoutPrograms(['zstd'], layerOfHardTree)
    if ('zstdCompress' in (await import('node:zlib'))) return
    assert.match(file, /\.tar\.gz$/)
    execFileSync('tar', ['--compare', '-f', file, '-C', lab().workdir])
  })
})
