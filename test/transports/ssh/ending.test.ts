import assert from 'node:assert/strict'
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {text} from 'node:stream/consumers'

import type {ServerChannel} from 'ssh2'

import type {CrabboxError} from '../../../src/core/errors.js'
import {connectTo} from '../../support/ssh-connect.js'
import {sshHome} from '../../support/ssh-home.js'

describe('commands whose connection is lost when their host has said how they ended', () => {
  let last: (channel: ServerChannel) => void = () => undefined
  // The first that ends is the command; shells that wait end with the connection, and must not cut that of the next test.
  let cuts = false
  const ends: Promise<unknown>[] = []
  // sshd tells how a command ended when it ends, and sends after that what is left of its output.
  const lab = sshHome({
    answer: (channel, command) => {
      const child = spawn('sh', ['-c', command], {stdio: 'pipe'})
      child.stdin.on('error', () => undefined)
      channel.on('error', () => undefined).pipe(child.stdin)
      child.stdout.pipe(channel, {end: false})
      child.stderr.pipe(channel.stderr as NodeJS.WritableStream, {end: false})
      ends.push(once(child, 'close'))
      child.on('close', code => {
        channel.exit(code ?? 0)
        last(channel)
        if (cuts) setTimeout(lab.server.cut, 50)
        cuts = false
      })
    },
  })
  const run = async (): Promise<[string, PromiseSettledResult<unknown>]> => {
    cuts = true
    const transport = await connectTo(lab)
    const {stdout, exit} = transport.spawn({argv: ['sh', '-c', 'echo a part']}, new AbortController().signal)
    const output = await text(stdout)
    const [ended] = await Promise.allSettled([exit])
    await transport.close()
    await Promise.all(ends)
    return [output, ended]
  }

  it('have failed: there may have been more of their output', async () => {
    last = () => undefined
    const [output, ended] = await run()
    assert.equal(output, 'a part\n')
    assert.ok(ended.status === 'rejected')
    assert.equal((ended.reason as CrabboxError).code, 'CONNECTION_LOST')
  })

  it('have ended as it said where it has also said that this was all', async () => {
    last = channel => channel.eof()
    assert.deepEqual(await run(), ['a part\n', {status: 'fulfilled', value: {code: 0, signal: null}}])
  })
})
