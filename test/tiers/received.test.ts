import assert from 'node:assert/strict'
import {randomBytes} from 'node:crypto'
import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {PassThrough} from 'node:stream'

import type {Running} from '../../src/core/transport.js'
import {connectionLost} from '../../src/transports/ssh/failures.js'
import {archiveLab} from '../support/archive-lab.js'
import {pictureOf} from '../support/tree.js'

const MB = 1 << 20

// What tar does with a file that it cannot read to its end: zeros for the rest, a complaint, and it goes on.
const TROUBLED = `cd -- "$1" && cat >/dev/null && copy=$(mktemp -d) && cp -a . "$copy" && head -c ${3 * MB} /dev/zero > "$copy/a" &&
touch -r a "$copy/a" && echo 'tar: ./a: Read error at byte 0, while reading 65536 bytes: Input/output error' >&2
printf '%s\\0' ./ ./a ./b ./c | tar -C "$copy" --create --file=- --format=posix --no-recursion --null --files-from=-
rm -r "$copy"; exit 2`

/** What a command prints, up to so many bytes: then the connection is lost. */
function cutOff(running: Running, bytes: number): Running {
  const stdout = new PassThrough()
  const copy = async (): Promise<void> => {
    let left = bytes
    for await (const chunk of running.stdout as AsyncIterable<Buffer>) {
      stdout.write(chunk.subarray(0, left))
      left = Math.max(0, left - chunk.length)
    }

    stdout.end()
  }
  void copy()
  const exit = running.exit.then(() => {
    throw connectionLost('me@host', null)
  })
  exit.catch(() => undefined)
  return {...running, stdout, exit}
}

describe('what came before a connection was lost', () => {
  const lab = archiveLab()
  /** The first tarball is made by this script, and cut off. */
  const lose = (script: string | null, bytes: number): void => {
    let first = true
    lab().wrap = transport => ({
      ...transport,
      spawn: (command, signal) => {
        if (!first || !(command.argv[2] ?? '').includes('exec tar --create')) return transport.spawn(command, signal)
        first = false
        const argv = script === null ? command.argv : (['sh', '-c', script, 'sh', lab().workdir] as const)
        return cutOff(transport.spawn({...command, argv}, signal), bytes)
      },
    })
  }
  const names = ['a', 'b', 'c']
  beforeEach(async () => {
    for (const name of names) await lab().write(name, randomBytes(3 * MB))
  })
  const expectSaved = async (layers: number): Promise<void> => {
    const {workdir, create, restore, verify} = lab()
    const before = await pictureOf(workdir)
    const {checkpoint} = await create()
    assert.equal(checkpoint.artifact.layers.length, layers)
    assert.deepEqual(await verify(checkpoint), [])
    for (const name of names) await rm(join(workdir, name))
    await restore(checkpoint)
    assert.deepEqual(await pictureOf(workdir), before)
  }

  it('is a layer of its own', async () => {
    lose(null, 7 * MB)
    await expectSaved(2)
  })

  it('is nothing when nothing has come whole', async () => {
    lose(null, 100)
    await expectSaved(1)
  })

  it('is not believed of files of which the host says something else: what tar complained of was lost, too', async () => {
    lose(TROUBLED, 7 * MB)
    await expectSaved(2)
  })
})
