import assert from 'node:assert/strict'
import {appendFile, readFile, utimes, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {FARM, PREPARE} from '../../src/workspace/staging-scripts.js'
import {SEAL, SWAP} from '../../src/workspace/swap-scripts.js'
import {archiveLab, SETTLED} from '../support/archive-lab.js'
import {meddleAfter, meddleBefore} from '../support/meddle.js'

// A dev server does not know that its workdir is being replaced.
describe('a program that writes while a restore is going on', () => {
  const lab = archiveLab()
  const append = async (): Promise<void> => {
    await appendFile(join(lab().workdir, 'a/log'), ' and more')
    // Its change time alone must not give it away.
    await sleep(2 * SETTLED)
  }

  it('loses nothing that it wrote after the swap: the next checkpoint has it', async () => {
    const {workdir, write, create, restore} = lab()
    await write('a/log', 'saved')
    await write('b/edited', 'saved')
    const {checkpoint} = await create()
    await write('b/edited', 'mine')
    lab().wrap = transport => meddleAfter(transport, SWAP, append)
    await restore(checkpoint)
    lab().wrap = transport => transport
    const next = (await create({parent: checkpoint})).checkpoint
    await writeFile(join(workdir, 'a/log'), 'lost')
    await restore(next)
    assert.equal(await readFile(join(workdir, 'a/log'), 'utf8'), 'saved and more')
  })

  // As `cp -p` does it, and whatever unpacks a package over another one of the same age.
  for (const [when, script] of Object.entries({FARM, SEAL, SWAP}))
    for (const [whose, meddle] of Object.entries({before: meddleBefore, after: meddleAfter}))
      it(`keeps its size and its time, ${whose} ${when}, and is in the next checkpoint all the same`, async () => {
        const {workdir, write, create, restore, undo} = lab()
        const [kept, other] = [join(workdir, 'a/kept'), join(workdir, 'a/other')]
        for (const [file, content] of [
          [kept, 'version 1'],
          [other, 'untouched'],
        ] as const) {
          await write(file.slice(workdir.length + 1), content)
          await utimes(file, 499_162_500, 499_162_500)
        }

        await write('a/edited', 'saved')
        await sleep(2 * SETTLED)
        const {checkpoint} = await create()
        await write('a/edited', 'mine')
        await write('a/new', 'mine')
        await sleep(2 * SETTLED)
        lab().wrap = transport =>
          meddle(transport, script, async () => {
            await sleep(2 * SETTLED)
            await writeFile(kept, 'version 2')
            await utimes(kept, 499_162_500, 499_162_500)
            await sleep(2 * SETTLED)
          })
        await restore(checkpoint)
        lab().wrap = transport => transport
        const next = await create({parent: checkpoint})
        await write('a/kept', 'lost')
        await write('a/edited', 'mine')
        await restore(next.checkpoint)
        assert.equal(await readFile(kept, 'utf8'), 'version 2')
        await restore(checkpoint)
        assert.equal(await readFile(kept, 'utf8'), 'version 1')
        await undo()
        assert.equal(await readFile(kept, 'utf8'), 'version 2')
      })

  for (const unit of ['d/f', 'd'])
    for (const [when, script] of Object.entries({PREPARE, FARM, SEAL}))
      it(`is put back by undo, and saved then, when it wrote before ${when} into a file that was replaced: ${unit}`, async () => {
        const {workdir, write, create, restore, undo} = lab()
        const file = join(workdir, 'd/f')
        const put = async (content: string): Promise<void> => {
          await write('d/f', content)
          await utimes(file, 499_162_500, 499_162_500)
          if (unit === 'd') await write('d/g', content)
          await sleep(2 * SETTLED)
        }
        await put('AAAA')
        const first = await create()
        await put('BBBB')
        const second = await create({parent: first.checkpoint})
        lab().wrap = transport => meddleBefore(transport, script, () => put('XXXX'))
        await restore(first.checkpoint)
        lab().wrap = transport => transport
        await undo()
        const there = await readFile(file, 'utf8')
        const third = await create({parent: second.checkpoint})
        await write('d/f', 'lost')
        await restore(third.checkpoint)
        assert.equal(await readFile(file, 'utf8'), there)
      })

  it('does not change what undo puts back', async () => {
    const {workdir, write, create, restore, undo} = lab()
    await write('a/log', 'saved')
    await write('b/edited', 'saved')
    const {checkpoint} = await create()
    await write('b/edited', 'mine')
    await write('a/new', 'mine')
    lab().wrap = transport => meddleAfter(transport, SWAP, append)
    await restore(checkpoint)
    lab().wrap = transport => transport
    await undo()
    assert.equal(await readFile(join(workdir, 'a/log'), 'utf8'), 'saved')
  })
})
