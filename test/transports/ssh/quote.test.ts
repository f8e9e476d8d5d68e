import assert from 'node:assert/strict'
import {execFileSync, spawnSync} from 'node:child_process'

import {bootLine, instructions} from '../../../src/transports/ssh/boot.js'
import {hasProgram} from '../../support/path.js'
import {commandLine} from '../../../src/transports/ssh/quote.js'

const ODD = [
  '',
  ' ',
  'a b',
  '$HOME',
  '`id`',
  '"',
  "it's",
  '\\',
  "\\'",
  'new\nline',
  '*',
  '~',
  '-n',
  '%s\\0',
  'ünï',
  '!!',
  '{a,b}',
  '#',
]
/** What the command reads: bytes that no line-wise reader passes on unharmed. */
const INPUT = Buffer.from([0, 255, 10, 92])
const SHELLS = ['sh', 'dash', 'bash', 'zsh', 'fish', 'ksh', 'busybox'].filter(hasProgram)

describe('a command line for a login shell', () => {
  for (const shell of SHELLS) {
    const args = shell === 'busybox' ? ['sh', '-c'] : ['-c']
    it(`means the same words to ${shell}`, () => {
      const printed = execFileSync(shell, [...args, commandLine(['printf', '<%s>', ...ODD])], {encoding: 'utf8'})
      assert.equal(printed, ODD.map(word => `<${word}>`).join(''))
    })

    it(`becomes the command that comes on standard input in ${shell}`, () => {
      const command = {
        argv: ['sh', '-c', 'printf "<%s>" "$@" "$ODD"; pwd; cat', 'sh', ...ODD],
        cwd: '/',
        env: {ODD: ODD.join('')},
      }
      const input = Buffer.concat([instructions(command as never), INPUT])
      const {stdout, stderr, status} = spawnSync(shell, [...args, bootLine('the-mark')], {input})
      const words = [...ODD, ODD.join('')].map(word => `<${word}>`).join('')
      assert.equal(status, 0)
      assert.match(stderr.toString(), /^\nthe-mark\n$/)
      const [, pid, rest] = /^\nthe-mark (\d+)\n([^]*)$/.exec(stdout.toString('latin1')) ?? []
      assert.ok(Number(pid) > 1)
      assert.deepEqual(Buffer.from(rest ?? '', 'latin1'), Buffer.concat([Buffer.from(`${words}/\n`), INPUT]))
    })
  }
})
