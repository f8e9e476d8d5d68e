import assert from 'node:assert/strict'
import {after, describe, it} from 'node:test'

import {MAX_LAYERS} from '../src/freeze.js'
import {acquire, contextIn, create, depthOf, fork, pictureOf, sh} from './support/box.js'
import {openGround, skip} from './support/ground.js'

const FIRST = `
mkdir -p kept gone/deep replaced emptied moved/deep
for path in kept/a gone/a gone/deep/b replaced/a emptied/a moved/a moved/deep/b; do echo "$path" > "$path"; done
echo one > one; ln one two; ln one kept/three; ln -s one link; mkfifo pipe
ln -s somewhere soft; ln -P soft softer
truncate -s 1M holes; printf x >> holes
chmod 4711 kept/a; chown 12:34 gone/a; touch -d 2001-02-03T04:05:06.789 moved/a
setfattr -n trusted.note -v kept kept/a; setfacl -m u:12:r one
printf 'odd' > "$(printf 'no \\377 utf8\\n')"`

const SECOND = `
rm -r gone; rm link
rm -r replaced; echo 'a file now' > replaced
rm -r emptied; mkdir emptied; echo new > emptied/new
mv moved elsewhere; mkdir moved; echo other > moved/a
echo two >> two
chown -h 12:34 soft
chmod 600 kept/a; setfattr -x trusted.note kept/a
echo more >> holes`

describe('what a checkpoint keeps', {skip}, () => {
  const ground = openGround()
  const context = contextIn(ground.path)
  after(ground.close)

  it('is the lease as it is, to the last attribute', async () => {
    const source = await acquire(context)
    sh(source, FIRST)
    const before = pictureOf(source)
    const copy = await fork(await create(source, context), context)
    assert.equal(pictureOf(source), before)
    assert.equal(pictureOf(copy), before)
  })

  it('is what was deleted, replaced, renamed and linked since another checkpoint', async () => {
    const source = await acquire(context)
    sh(source, FIRST)
    const first = await create(source, context)
    const before = pictureOf(source)
    sh(source, SECOND)
    const changed = pictureOf(source)
    const second = await create(source, context)
    assert.equal(pictureOf(source), changed)
    assert.equal(pictureOf(await fork(second, context)), changed)
    assert.equal(pictureOf(await fork(first, context)), before)
  })

  it('is a hard link between a file that was saved before and its other names', async () => {
    const source = await acquire(context)
    sh(source, 'mkdir in; echo one > a; ln a b; ln a in/c; echo alone > d; ln d e')
    await create(source, context)
    sh(source, 'echo two >> b')
    const copy = await fork(await create(source, context), context)
    for (const lease of [source, copy]) {
      assert.equal(sh(lease, 'cat a in/c'), 'one\ntwo\none\ntwo\n')
      sh(lease, 'echo three >> in/c')
      assert.equal(sh(lease, 'tail -qn 1 a b; stat -c %h a'), 'three\nthree\n3\n')
      assert.equal(sh(lease, 'stat -c %h e'), '2\n')
    }
  })

  it('is as large as what was changed, and none of it is copied', async () => {
    const source = await acquire(context)
    sh(source, 'head -c 3000000 /dev/urandom > large')
    const used = (): number => Number(sh(source, 'df --output=used . | tail -n 1'))
    const before = used()
    const first = await create(source, context)
    sh(source, 'echo small > small')
    const second = await create(source, context)
    assert.deepEqual([first.sizes?.stored, second.sizes?.stored], [3_000_000, 6])
    assert.deepEqual([second.sizes?.content, second.sizes?.entries], [3_000_006, 3])
    await fork(second, context)
    assert.ok(used() - before < 1000, `${used() - before} KB more are used`)
  })

  it('stays the same when layers are put together because there are many', async () => {
    const source = await acquire(context)
    sh(source, FIRST)
    for (let i = 0; i < MAX_LAYERS + 2; i++) {
      sh(source, `echo ${i} > file; ln -f one "one-${i}"; echo ${i} >> two`)
      const saved = await create(source, context)
      if (i < MAX_LAYERS - 2) continue
      const picture = pictureOf(source)
      assert.equal(pictureOf(await fork(saved, context)), picture)
    }

    assert.equal(depthOf(source), 4)
  })
})
