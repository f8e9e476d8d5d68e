import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openLab, type Forked, type Lab} from './support/cli.js'

/** Maps a file, and writes each line that comes to its beginning, as databases do. */
const WRITER = `import mmap, sys
file = open(sys.argv[1], 'r+b')
pages = mmap.mmap(file.fileno(), 4096)
for line in sys.stdin:
    pages[0:5] = line[0:5].encode()
    print('written', flush=True)
`

describe('a file that a program has mapped', () => {
  let lab: Lab
  before(() => (lab = openLab('mapped')))
  after(() => lab.close())

  it('is saved and restored as it is, though no time of it moves when it is written to', async () => {
    const lease = await lab.json<Lease>('warmup')
    const file = join(lease.workdir, 'database')
    writeFileSync(file, Buffer.alloc(4096))
    const writer = spawn('python3', ['-c', WRITER, file], {stdio: ['pipe', 'pipe', 'inherit']})
    const write = async (text: string): Promise<void> => {
      writer.stdin.write(`${text}\n`)
      await once(writer.stdout, 'data')
    }
    const contentOf = (workdir = lease.workdir): string => readFileSync(join(workdir, 'database'), 'latin1').slice(0, 5)
    try {
      await write('first')
      const first = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
      await write('later')
      const second = await lab.json<Checkpoint>('checkpoint', 'create', '--id', lease.slug)
      const {forks} = await lab.json<Forked>('checkpoint', 'fork', second.id)
      assert.equal(contentOf(forks[0]?.lease.workdir), 'later')
      await write('again')
      await lab.json('checkpoint', 'restore', second.id, '--id', lease.slug)
      assert.equal(contentOf(), 'later')
      await lab.json('checkpoint', 'restore', first.id, '--id', lease.slug)
      assert.equal(contentOf(), 'first')
    } finally {
      writer.stdin.end()
      await once(writer, 'close')
    }
  })
})
