import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {buffer} from 'node:stream/consumers'

import {localTransport} from '../../../src/transports/local.js'
import {openSource} from '../../../src/workspace/dialect/source.js'
import {tarDialect} from '../../../src/workspace/dialect/tar.js'
import {statOf} from '../../support/entries.js'
import {hasProgram} from '../../support/path.js'
import {temporaryDirectory} from '../../support/temporary.js'
import {parseTar} from '../../support/tar-events.js'

const names = (tarball: Buffer): string[] => parseTar(tarball).entries.map(({header}) => header.path)

const never = new AbortController().signal

describe('a tarball that is read from a host', () => {
  const directory = temporaryDirectory()
  const dialects = [
    ['tar', 'tar (GNU tar) 1.34'],
    ['bsdtar', 'bsdtar 3.6.2'],
  ] as const

  for (const [program, version] of dialects.filter(([name]) => hasProgram(name))) {
    const read = async (size: number): Promise<Buffer> => {
      await writeFile(join(directory(), 'file'), Buffer.alloc(size, 'x'))
      const tar = tarDialect(version)
      assert.ok(tar !== null)
      const create = tar.create?.replace('exec tar', `exec ${program}`) ?? null
      const stats = [statOf('file', {size})]
      const {bytes} = openSource(localTransport(), directory(), stats, {tar: {...tar, create}, packing: null}, never)
      return buffer(bytes)
    }

    it(`is filled up to little where little is read, with ${program}`, async () => {
      for (const size of [0, 3, 5000]) {
        const tarball = await read(size)
        assert.equal(tarball.length % 4096, 0)
        assert.ok(tarball.length < size + 8 * 1024, `${tarball.length} bytes for ${size}`)
        assert.deepEqual(names(tarball), ['file'])
      }

      const large = await read(1 << 20)
      assert.equal(large.length % (64 << 10), 0)
      assert.deepEqual(names(large), ['file'])
    })
  }
})
