import assert from 'node:assert/strict'
import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {localTransport} from '../../src/transports/local.js'
import {runScript} from '../../src/transports/script.js'
import {listTree} from '../../src/workspace/listing.js'
import {temporaryDirectory} from '../support/temporary.js'

describe('what a profile sets for its user', () => {
  const dir = temporaryDirectory()
  const {signal} = new AbortController()
  const transport = localTransport()

  beforeEach(async () => {
    await mkdir(join(dir(), 'elsewhere', 'next'), {recursive: true})
    await mkdir(join(dir(), 'next'))
    await writeFile(join(dir(), 'next', 'file'), '')
    process.env['CDPATH'] = join(dir(), 'elsewhere')
    process.env['TAR_OPTIONS'] = '--exclude=*'
    process.env['FIND_BLOCK_SIZE'] = '1'
  })
  afterEach(() => {
    delete process.env['CDPATH']
    delete process.env['TAR_OPTIONS']
    delete process.env['FIND_BLOCK_SIZE']
  })

  it('does not change where a script goes, nor what tar takes and find says', async () => {
    const script = 'cd -- "$1" && cd next && tar -cf - . | tar -tf -'
    const {stdout} = await runScript(transport, script, [dir()], signal, {purpose: 'look'})
    assert.equal(stdout.toString(), './\n./file\n')
    assert.deepEqual(
      (await listTree(transport, join(dir(), 'next'), signal)).stats.map(({path}) => path),
      ['', 'file'],
    )
  })
})
