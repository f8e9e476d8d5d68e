import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {readdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import type {Transport} from '../../src/core/transport.js'
import {statePaths} from '../../src/state/paths.js'
import {archiveLab} from '../support/archive-lab.js'
import {headerBlock, padded, tarOf} from '../support/raw-tar.js'

/** Puts another command in the place of the host's tar. */
const insteadOfTar = (transport: Transport, argv: readonly [string, ...string[]]): Transport => ({
  ...transport,
  spawn: (command, signal) =>
    transport.spawn(command.argv[2]?.includes('tar --create') === true ? {...command, argv} : command, signal),
})

describe('a host whose tar is not what it should be', () => {
  const lab = archiveLab()
  const root = headerBlock({name: './', type: '5'})
  const file = Buffer.concat([headerBlock({name: './a', size: 4}), padded(Buffer.from('text'))])

  const failsWith = async (output: Buffer, code: string): Promise<void> => {
    const {context, write, create} = lab()
    await write('a', 'text')
    const path = join(context.stateDir, 'output')
    await writeFile(path, output)
    lab().wrap = transport => insteadOfTar(transport, ['cat', path])
    await assert.rejects(create(), {code, kind: 'provider'})
    const {layers, manifests} = statePaths(context.stateDir)
    assert.deepEqual([await readdir(layers), await readdir(manifests)], [[], []])
  }

  it('saves what it should when that is what comes', async () => {
    const {context, write, create} = lab()
    await write('a', 'text')
    await writeFile(join(context.stateDir, 'output'), tarOf(root, file))
    lab().wrap = transport => insteadOfTar(transport, ['cat', join(context.stateDir, 'output')])
    assert.equal((await create()).sizes.entries, 2)
  })

  it('cannot put in what was not asked for', async () => {
    for (const name of ['..', '../b', '/etc/passwd', 'b'])
      await failsWith(tarOf(root, file, headerBlock({name})), 'TRANSFER_CORRUPT')
  })

  it('cannot send a file twice', () => failsWith(tarOf(root, file, file), 'TRANSFER_CORRUPT'))

  it('cannot put a line of its own before the archive', () =>
    failsWith(Buffer.concat([Buffer.from('Welcome!\n'), tarOf(root, file)]), 'TRANSFER_CORRUPT'))

  it('cannot end early and call it success', () =>
    failsWith(Buffer.concat([root, file.subarray(0, 514)]), 'TRANSFER_INCOMPLETE'))

  it('cannot leave a file out', () => failsWith(tarOf(root), 'FILE_UNREADABLE'))

  it('cannot send nothing', () => failsWith(Buffer.alloc(0), 'TRANSFER_INCOMPLETE'))

  it('cannot send a device', () => failsWith(tarOf(root, headerBlock({name: './a', type: '3'})), 'TRANSFER_CORRUPT'))

  it('is ended when its output is refused', async () => {
    const {write, create} = lab()
    await write('a', 'text')
    const mark = `sleep ${40_000 + process.pid}`
    lab().wrap = transport => insteadOfTar(transport, ['sh', '-c', `head -c 1024 /dev/urandom; exec ${mark}`])
    await assert.rejects(create(), {code: 'TRANSFER_CORRUPT'})
    for (let patience = 0; patience < 40; patience++) {
      if (!execFileSync('ps', ['-eo', 'args'], {encoding: 'utf8'}).includes(mark)) return
      await new Promise(resolve => setTimeout(resolve, 50))
    }

    assert.fail('it still runs')
  })
})
