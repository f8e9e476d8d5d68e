import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {setTimeout as sleep} from 'node:timers/promises'

import {PACKERS} from '../../../src/workspace/dialect/source.js'
import {hasProgram} from '../../support/path.js'

describe('a program that compresses on a host', () => {
  for (const [name, script] of Object.entries(PACKERS)) {
    it(`${name} ends when nobody reads what it prints any more`, async function () {
      if (!hasProgram(name) || !hasProgram('zstd')) this.skip()
      for (let round = 0; round < (name === 'pzstd' ? 20 : 4); round++) {
        // Here as with some SSH servers, what stands for a pipe is a socket.
        const child = spawn('sh', ['-c', `head -c 60000000 /dev/urandom | (${script})`], {
          stdio: 'pipe',
          detached: true,
        })
        const reader = setInterval(() => void child.stdout.read(), 1)
        await sleep(60 + round * 5)
        clearInterval(reader)
        const ended = once(child, 'exit')
        child.stdout.destroy()
        const late = await Promise.race([ended, sleep(5000, 'late', {ref: false})])
        if (late === 'late' && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
        assert.notEqual(late, 'late', `round ${round}`)
      }
    })
  }
})
