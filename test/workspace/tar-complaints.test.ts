import assert from 'node:assert/strict'
import {Readable} from 'node:stream'

import type {Exit} from '../../src/core/transport.js'
import {readTarComplaints} from '../../src/workspace/tar-complaints.js'

const code = (n: number): Exit => ({code: n, signal: null})
const judge = async (stderr: string, exit: Exit, missing: string[] = [], finished = true): Promise<string[]> =>
  (await readTarComplaints(Readable.from([stderr]))).judge({exit, missing, finished})

describe('what tar complains of', () => {
  it('is nothing when all went well, whatever a profile printed', async () => {
    assert.deepEqual(await judge('', code(0)), [])
    assert.deepEqual(await judge('bash: warning: setlocale\nWelcome: Cannot open: Permission denied\n', code(0)), [])
  })

  it('is a warning when a file changed or shrank', async () => {
    const stderr = 'tar: ./a: b: file changed as we read it\ntar: ./c: File shrank by 12 bytes; padding with zeros\n'
    assert.deepEqual(await judge(stderr, code(1)), ['a: b changed while it was read', 'c changed while it was read'])
  })

  it('is a warning when a file vanished, under every name that tar has for it', async () => {
    for (const line of [
      'tar: ./a: Warning: Cannot stat: No such file or directory',
      'tar: ./a: Cannot open: No such file or directory',
      'tar: ./a: File removed before we read it',
    ])
      assert.deepEqual(await judge(`${line}\n`, code(1), ['a']), ['a vanished before it was read'], line)
  })

  it('names some files of many', async () => {
    const stderr = Array.from({length: 9}, (_, i) => `tar: ./${i}: file changed as we read it\n`).join('')
    const warnings = await judge(stderr, code(1))
    assert.deepEqual([warnings.length, warnings.at(-1)], [5, '5 more files: changed while it was read'])
  })

  const unreadable = {code: 'FILE_UNREADABLE', kind: 'provider'}

  it('is an error when a file cannot be read, also where tar only warns', async () => {
    for (const words of [
      'Cannot open: Permission denied',
      'Warning: Cannot open: Permission denied',
      'Warning: Read error at byte 0, while reading 512 bytes: Input/output error',
    ])
      await assert.rejects(judge(`tar: ./a/secret: ${words}\n`, code(1)), {...unreadable, message: /a\/secret/}, words)
  })

  it('is an error when a file did not come and nobody said why', async () => {
    await assert.rejects(judge('', code(0), ['a']), unreadable)
  })

  it('is an error when the archive ends early, also with exit 0', async () => {
    await assert.rejects(judge('', code(0), [], false), {code: 'TRANSFER_INCOMPLETE', kind: 'provider'})
  })

  it('is an error when tar failed or was killed', async () => {
    await assert.rejects(judge('tar: Error is not recoverable: exiting now\n', code(2)), {code: 'HOST_COMMAND_FAILED'})
    await assert.rejects(judge('', {code: null, signal: 'SIGKILL'}), {code: 'HOST_COMMAND_FAILED'})
    await assert.rejects(judge('sh: tar: not found\n', code(127)), {code: 'HOST_COMMAND_FAILED'})
  })
})
