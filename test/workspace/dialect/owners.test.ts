import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {statSync} from 'node:fs'
import {join} from 'node:path'
import {buffer} from 'node:stream/consumers'
import {pack} from 'tar-stream'

import {tarDialect} from '../../../src/workspace/dialect/tar.js'
import {hasProgram} from '../../support/path.js'
import {temporaryDirectory} from '../../support/temporary.js'

describe('the owners of what is unpacked', () => {
  const directory = temporaryDirectory()
  for (const [program, version] of Object.entries({tar: 'GNU tar', bsdtar: 'bsdtar'})) {
    it(`are numbers, whoever has their name there (${program}; only root can give files away)`, async function () {
      if (process.getuid?.() !== 0 || !hasProgram(program)) this.skip()
      const stream = pack()
      stream.entry({name: 'file', uid: 4711, gid: 4712, uname: 'daemon', gname: 'daemon'}, 'x')
      stream.finalize()
      const script = tarDialect(version)?.extract.replace('exec tar', `exec ${program}`) ?? ''
      const {status, stderr} = spawnSync('sh', ['-c', script, 'sh', directory(), '*'], {input: await buffer(stream)})
      assert.equal(status, 0, String(stderr))
      const {uid, gid} = statSync(join(directory(), 'file'))
      assert.deepEqual([uid, gid], [4711, 4712])
    })
  }
})
