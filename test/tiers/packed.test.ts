import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'
import {cp, readdir, readFile, rm} from 'node:fs/promises'
import {join} from 'node:path'
import * as zlib from 'node:zlib'

import type {Transport} from '../../src/core/transport.js'
import {statePaths} from '../../src/state/paths.js'
import {loadManifest} from '../../src/workspace/manifest.js'
import {archiveLab, type Archived} from '../support/archive-lab.js'
import {hasProgram, withoutPrograms} from '../support/path.js'

/** A host that is another machine, with the commands that were run there. */
const far = (transport: Transport, ran: string[]): Transport => ({
  ...transport,
  colocated: false,
  spawn: (command, signal) => {
    ran.push(command.argv[2] ?? '')
    return transport.spawn(command, signal)
  },
})

/** A host on which scripts are others than those that it was sent. */
const edited = (transport: Transport, edit: (script: string) => string): Transport => ({
  ...transport,
  spawn: ({argv, ...rest}, signal) =>
    transport.spawn({...rest, argv: [argv[0], argv[1] ?? '-c', edit(argv[2] ?? ''), ...argv.slice(3)]}, signal),
})

describe('a workspace on another machine, where there is zstd', () => {
  const lab = archiveLab()
  const ran: string[] = []
  before(function () {
    if (!hasProgram('zstd')) this.skip()
  })
  beforeEach(() => {
    ran.length = 0
    lab().wrap = transport => far(transport, ran)
  })
  const isPacked = (): boolean => ran.some(script => /\bp?zstd -q/.test(script))
  const isZipped = (): boolean => ran.some(script => script.includes('gzip -1 -c >&4'))
  const withoutZstd = (transport: Transport): Transport =>
    edited(far(transport, ran), script => script.replace('command -v zstd', 'command -v no-zstd'))
  const fill = async (): Promise<void> => {
    await lab().write('src/random', randomBytes(9_000_000))
    await lab().write('src/zeros', Buffer.alloc(20_000_000))
    for (let i = 0; i < 300; i++) await lab().write(`many/${i % 7}/${i}`, randomBytes(i * 20))
  }

  const restoredElsewhere = async (checkpoint: Archived): Promise<void> => {
    const {workdir, restore} = lab()
    const copy = `${workdir}-copy`
    await cp(workdir, copy, {recursive: true, preserveTimestamps: true})
    await rm(join(workdir, 'src'), {recursive: true})
    await rm(join(workdir, 'many', '3'), {recursive: true})
    ran.length = 0
    await restore(checkpoint)
    await sameTree(copy, workdir)
  }

  it('travels compressed, and is stored as any other', async () => {
    await fill()
    const {checkpoint, sizes} = await lab().create()
    assert.ok(isPacked())
    assert.ok(sizes.stored < 14_000_000, `${sizes.stored} bytes`)
    assert.deepEqual(await lab().verify(checkpoint), [])
    await restoredElsewhere(checkpoint)
    assert.ok(isPacked())
  })

  for (const [how, prepared] of [
    ['by zstd', (transport: Transport) => far(transport, ran)],
    ['by gzip', withoutZstd],
  ] as const)
    it(`is interrupted, and not damaged, where it is while it travels compressed ${how}`, async () => {
      await fill()
      const interrupting = new AbortController()
      lab().wrap = transport => {
        const there = prepared(transport)
        const spawn: Transport['spawn'] = (command, signal) => {
          const running = there.spawn(command, signal)
          if ((command.argv[2] ?? '').includes('exec tar --create'))
            running.stdout.once('data', () => interrupting.abort())
          return running
        }
        return {...there, spawn}
      }
      await assert.rejects(lab().create({signal: interrupting.signal}), {code: 'INTERRUPTED'})
    })

  it('is stored in the same pieces by pzstd as without it', async function () {
    if (!hasProgram('pzstd')) this.skip()
    await fill()
    const {checkpoint} = await lab().create()
    assert.ok(ran.some(script => script.includes('pzstd -q')))
    const framesIn = async ({id}: Archived): Promise<number> =>
      [...(await loadManifest(statePaths(lab().context.stateDir).manifests, id, null)).layers.values()][0]?.frames
        .length ?? 0
    const byPzstd = await framesIn(checkpoint)
    ran.length = 0
    const other = await withoutPrograms(['pzstd'], () => lab().create({parent: null}))
    assert.ok(ran.some(script => script.includes('exec zstd')))
    assert.deepEqual([byPzstd, await framesIn(other.checkpoint)], [4, 4])
    await restoredElsewhere(checkpoint)
  })

  it('sends a small change as it is, on top of what is stored', async () => {
    await fill()
    await lab().create()
    ran.length = 0
    await lab().write('many/1/1', 'edited')
    const {checkpoint} = await lab().create()
    assert.ok(!isPacked())
    await restoredElsewhere(checkpoint)
  })

  it('travels as it is where there is neither zstd nor gzip', async () => {
    await fill()
    const {checkpoint} = await withoutPrograms(['zstd', 'gzip'], () => lab().create())
    assert.ok(!isPacked() && !isZipped())
    assert.deepEqual(await lab().verify(checkpoint), [])
    await restoredElsewhere(checkpoint)
  })

  for (const [where, run, name] of [
    ['the host has no zstd', <R>(work: () => Promise<R>) => ((lab().wrap = withoutZstd), work()), 'zst'],
    ['neither side has zstd', <R>(work: () => Promise<R>) => withoutPrograms(['zstd'], work), 'gz'],
  ] as const) {
    it(`travels with gzip where ${where}`, async () => {
      await run(async () => {
        await fill()
        const {checkpoint} = await lab().create()
        assert.ok(isZipped() && !isPacked())
        assert.match(
          checkpoint.artifact.layers.join(),
          new RegExp(`\\.tar\\.${name === 'gz' && 'zstdCompress' in zlib ? 'zst' : name}$`),
        )
        assert.deepEqual(await lab().verify(checkpoint), [])
        await restoredElsewhere(checkpoint)
        assert.ok(ran.some(script => script.includes('gzip -d')))
      })
    })
  }

  it('is refused when what comes is not what was packed', async () => {
    const outputs = {
      'a banner': 'echo Welcome; zstd -q -1 -c',
      nothing: 'cat > /dev/null',
      'what is not compressed': 'cat',
      'half of it': 'head -c 5000000 | zstd -q -1 -c',
      'a frame that unpacks to gigabytes': 'head -c 3000000000 /dev/zero | zstd -q -1 -c',
      'small frames': "split -b 100000 --filter='zstd -q -1 -c' -",
    }
    const refused = {code: /TRANSFER_CORRUPT|TRANSFER_INCOMPLETE|HOST_COMMAND_FAILED/, kind: 'provider'}
    await fill()
    for (const [what, filter] of Object.entries(outputs)) {
      lab().wrap = transport =>
        edited(far(transport, ran), script =>
          script.replace(/pzstd -q -1 -c \| cat|exec split -b \d+ --filter='[^']*' -/, filter),
        )
      await assert.rejects(lab().create(), refused, what)
    }

    const zipped = {
      'a banner': 'echo Welcome; gzip -1 -c',
      nothing: 'cat > /dev/null',
      'what is not compressed': 'cat',
      'half of it': 'gzip -1 -c | head -c 5000000',
      'less than all of it': 'head -c 5000000 | gzip -1 -c',
      'more than it': 'gzip -1 -c; echo more',
    }
    for (const [what, filter] of Object.entries(zipped)) {
      lab().wrap = transport =>
        edited(withoutZstd(transport), script => script.replace('gzip -1 -c >&4', `(${filter}) >&4`))
      await assert.rejects(lab().create(), refused, what)
    }

    const {layers, manifests} = statePaths(lab().context.stateDir)
    assert.deepEqual([await readdir(layers), await readdir(manifests)], [[], []])
  })

  it('tells what tar says though tar is not the last of its pipeline', async () => {
    await fill()
    for (const host of [(transport: Transport) => far(transport, ran), withoutZstd]) {
      lab().wrap = transport =>
        edited(host(transport), script => script.replace('exec tar --create', 'exec tar --no-such-option --create'))
      await assert.rejects(lab().create(), {code: 'HOST_COMMAND_FAILED', message: /no-such-option/})
    }
  })
})

async function sameTree(one: string, other: string): Promise<void> {
  const names = (await readdir(one, {recursive: true, withFileTypes: true}))
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(one.length + 1))
  const found = (await readdir(other, {recursive: true, withFileTypes: true})).filter(entry => entry.isFile())
  assert.equal(found.length, names.length)
  for (const name of names) assert.ok((await readFile(join(one, name))).equals(await readFile(join(other, name))), name)
}
