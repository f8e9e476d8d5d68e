import assert from 'node:assert/strict'
import {existsSync, readdirSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {buffer} from 'node:stream/consumers'
import {pack, type Header} from 'tar-stream'

import {statePaths} from '../../src/state/paths.js'
import {createLayerWriter} from '../../src/workspace/layer/writer.js'
import {loadManifest, type Manifest} from '../../src/workspace/manifest.js'
import {manifestFile, writeManifest} from '../../src/workspace/manifest-file.js'
import {archiveLab, type Archived} from '../support/archive-lab.js'
import {entriesOf} from '../support/captured.js'
import {pictureOf} from '../support/tree.js'

type Member = Partial<Header> & {name: string; body?: string}

async function tarball(members: readonly Member[]): Promise<Buffer> {
  const stream = pack()
  for (const {body, ...header} of members) stream.entry({mtime: new Date(0), ...header}, body ?? '')
  stream.finalize()
  return buffer(stream)
}

describe('a tarball that somebody put in the place of a layer', () => {
  const lab = archiveLab()

  /** Replaces the checkpoint's layer, and mends its descriptor so that only the content is wrong. */
  const replaceLayer = async (
    checkpoint: Archived,
    members: readonly Member[],
    agreeing: boolean,
  ): Promise<Archived> => {
    const {layers, manifests} = statePaths(lab().context.stateDir)
    const manifest: Manifest = await loadManifest(manifests, checkpoint.id, null)
    await Promise.all([...manifest.layers.keys()].map(name => rm(join(layers, name))))
    await rm(manifestFile(manifests, checkpoint.id))
    const writer = await createLayerWriter(layers, checkpoint.id)
    const tar = await tarball([{name: './', type: 'directory', mode: 0o755}, ...members])
    await writer.write(tar)
    const layer = await writer.finish()
    const {id, summary} = manifest
    const entries = agreeing ? entriesOf(tar, layer.name) : [...manifest.tree.values()]
    const part = {id, summary, entries, base: null, layers: [layer], removed: []}
    const {sha256} = await writeManifest(manifests, part)
    return {...checkpoint, artifact: {...checkpoint.artifact, manifestSha256: sha256}}
  }

  const elsewhere = '/tmp/crabbox-attack'
  const attacks: Readonly<Record<string, readonly Member[]>> = {
    'an absolute path': [{name: elsewhere, body: 'x'}],
    'a path with ..': [{name: '../attack', body: 'x'}],
    'a link and a write through it': [
      {name: 'a', type: 'symlink', linkname: '..'},
      {name: 'a/attack', body: 'x'},
    ],
    'a hard link to a file outside': [{name: 'one', type: 'link', linkname: '/etc/passwd'}],
  }
  const lies: typeof attacks = {
    ...attacks,
    'a device node': [{name: 'a', type: 'block-device', devmajor: 1, devminor: 1}],
    'other content under the right name': [
      {name: 'a', type: 'directory'},
      {name: 'a/one', body: 'attack'},
    ],
    nothing: [],
  }
  const refuses = async (members: readonly Member[], agreeing: boolean, code: string): Promise<void> => {
    const {workdir, lease, write, create, restore, verify} = lab()
    await write('a/one', 'one')
    const {checkpoint} = await create()
    await write('a/one', 'mine')
    await write('b', 'mine')
    const before = await pictureOf(workdir)
    const hostile = await replaceLayer(checkpoint, members, agreeing)
    assert.match((await verify(hostile)).join(), /damaged/)
    await assert.rejects(restore(hostile), {code, kind: 'provider'})
    assert.deepEqual(await pictureOf(workdir), before)
    assert.deepEqual(readdirSync(dirname(workdir)), [basename(lease.workdir)])
    assert.equal(existsSync(elsewhere), false)
  }

  it('brings nothing to another machine either, which unpacks it by itself', async () => {
    const {workdir, lease, write, create, restore} = lab()
    const large = 'x'.repeat(9_000_000)
    await write('a/one', large)
    await write('a/two', large)
    const {checkpoint} = await create()
    await rm(join(workdir, 'a'), {recursive: true})
    lab().wrap = transport => ({...transport, colocated: false})
    const honest: Member[] = ['a/', 'a/one', 'a/two'].map(name =>
      name === 'a/' ? {name, type: 'directory', mode: 0o755} : {name, body: large},
    )
    for (const [what, members] of Object.entries({...attacks, 'a file more': [{name: 'more', body: 'x'}]})) {
      for (const order of [
        [...honest, ...members],
        [...members, ...honest],
      ]) {
        const hostile = await replaceLayer(checkpoint, order, false)
        await assert.rejects(restore(hostile), {code: /LAYER_CORRUPT|VERIFY_FAILED|HOST_COMMAND_FAILED/}, what)
        assert.deepEqual(readdirSync(workdir), [])
        assert.deepEqual(readdirSync(dirname(workdir)), [basename(lease.workdir)])
        assert.equal(existsSync(elsewhere), false)
      }
    }
  }).timeout(60_000)

  for (const [what, members] of Object.entries(lies)) {
    it(`is refused when it holds ${what}, and the target is as it was`, () => refuses(members, false, 'LAYER_CORRUPT'))
  }

  for (const [what, members] of Object.entries(attacks)) {
    it(`is refused with ${what} also when the manifest agrees`, () => refuses(members, true, 'MANIFEST_CORRUPT'))
  }
})
