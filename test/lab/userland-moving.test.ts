import assert from 'node:assert/strict'
import {appendFile, link, readFile, rm, truncate} from 'node:fs/promises'
import {join} from 'node:path'
import type {Writable} from 'node:stream'

import type {Transport} from '../../src/core/transport.js'
import {archiveLab} from '../support/archive-lab.js'
import {has, userland, type Userland} from './support/userland.js'

/** Lets something happen once, between the listing and the moment in which tar gets its names. */
function beforeTar(transport: Transport, happen: () => Promise<void>): Transport {
  let happened = false
  return {
    ...transport,
    spawn: (command, signal) => {
      const running = transport.spawn(command, signal)
      if (happened || command.argv[2]?.includes('tar -c -f -') !== true) return running
      happened = true
      const end = running.stdin.end.bind(running.stdin)
      const later = (bytes: Buffer): Writable => {
        void happen().then(() => end(bytes))
        return running.stdin
      }
      return {...running, stdin: Object.assign(running.stdin, {end: later})}
    },
  }
}

for (const tar of ['busybox', 'bsdtar'] as const) {
  describe(`saving what does not hold still, with ${tar} as tar`, function () {
    if (!has('busybox') || !has(tar)) return
    const lab = archiveLab()
    let host: Userland
    before(() => (host = userland(tar)))
    after(() => host.close())
    const saved = async (happen: () => Promise<void>): Promise<string[]> => {
      const {workdir, create, verify, restore} = lab()
      lab().wrap = transport => beforeTar(host.over(transport), happen)
      const {warnings, checkpoint} = await create()
      assert.deepEqual(await verify(checkpoint), [])
      lab().wrap = host.over
      await rm(workdir, {recursive: true})
      await restore(checkpoint)
      return warnings.filter(line => !line.includes('extended attributes'))
    }

    beforeEach(async () => {
      await lab().write('a/first', '1')
      await lab().write('a/second', 'two')
      await lab().write('b', 'b')
    })

    it('warns of a file that grew', async () => {
      const {workdir} = lab()
      assert.deepEqual(await saved(() => appendFile(join(workdir, 'a/second'), ' more')), [
        'a/second changed while it was read',
      ])
      assert.equal(await readFile(join(workdir, 'a/second'), 'utf8'), 'two more')
    })

    it('warns of a file that shrank', async () => {
      const {workdir} = lab()
      assert.deepEqual(await saved(() => truncate(join(workdir, 'a/second'), 1)), [
        'a/second changed while it was read',
      ])
      assert.equal((await readFile(join(workdir, 'a/second'), 'latin1')).replaceAll('\0', ''), 't')
      assert.equal(await readFile(join(workdir, 'b'), 'utf8'), 'b')
    })

    it('warns of a file that vanished, and saves the rest', async () => {
      const {workdir} = lab()
      assert.deepEqual(await saved(() => rm(join(workdir, 'a/first'))), ['a/first vanished before it was read'])
      assert.equal(await readFile(join(workdir, 'a/second'), 'utf8'), 'two')
    })

    it('saves the other name of a file whose first name vanished', async () => {
      const {workdir} = lab()
      await link(join(workdir, 'b'), join(workdir, 'c'))
      assert.match(
        (await saved(() => rm(join(workdir, 'b')))).join('\n'),
        /^(?:c changed while it was read\n)?b vanished/,
      )
      assert.equal(await readFile(join(workdir, 'c'), 'utf8'), 'b')
    })
  })
}
