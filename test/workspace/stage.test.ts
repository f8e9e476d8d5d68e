import assert from 'node:assert/strict'

import type {Transport} from '../../src/core/transport.js'
import type {EntryType} from '../../src/workspace/entry.js'
import {parseProbe} from '../../src/workspace/host.js'
import {stage} from '../../src/workspace/stage.js'
import type {StageRequest} from '../../src/workspace/stage-request.js'
import type {Context} from '../../src/core/context.js'
import {entryOf} from '../support/entries.js'

/** Whoever asks it for anything has begun. */
const untouched = {
  spawn: () => {
    throw new Error('it has begun')
  },
} as unknown as Transport

describe('what a user of the host could not look at', () => {
  const context = {signal: new AbortController().signal} as Context
  const staged = (user: number, type: EntryType, mode: number): Promise<unknown> => {
    const send = [entryOf('strange', {type, mode})]
    const plan = {unit: '', send, expected: send, directories: []}
    const tools = parseProbe(`${user}\nlister gnu\ntar tar (GNU tar) 1.34\nsha256sum`)
    return stage({transport: untouched, target: '/w', attempt: '', plan, tools} as unknown as StageRequest, context)
  }

  for (const [type, mode] of [
    ['file', 0o000],
    ['file', 0o277],
    ['directory', 0o477],
    ['directory', 0o177],
  ] as const) {
    it(`is not sent to him: a ${type} of mode ${mode.toString(8)}`, async () => {
      const message = new RegExp(`^strange was saved with the mode ${mode.toString(8)}, .*the workdir is as it was$`)
      await assert.rejects(staged(1000, type, mode), {code: 'SUPERUSER_NEEDED', kind: 'config', message})
    })

    it(`is sent to the superuser: a ${type} of mode ${mode.toString(8)}`, () =>
      assert.rejects(staged(0, type, mode), /it has begun/))
  }

  it('is no link, whatever mode that has, and nothing that may be read', async () => {
    for (const [type, mode] of [
      ['symlink', 0],
      ['file', 0o400],
      ['directory', 0o500],
    ] as const)
      await assert.rejects(staged(1000, type, mode), /it has begun/)
  })
})
