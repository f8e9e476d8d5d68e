import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'

import {askHosts} from '../../src/core/ask-hosts.js'
import type {Context} from '../../src/core/context.js'
import {interruptedError, providerError} from '../../src/core/errors.js'
import type {ConfiguredHost} from '../../src/core/host.js'
import {silentProgress} from '../../src/core/progress.js'

const hosts = ['a', 'b', 'c'].map((name): ConfiguredHost => ({name, address: name, workRoot: null, labels: {}}))
const context: Context = {stateDir: '/none', progress: silentProgress, signal: new AbortController().signal}
const down = (name: string): Error => providerError('DOWN', `${name} is down`)

describe('askHosts', () => {
  it('asks all at the same time, and answers in the order of the hosts', async () => {
    let asking = 0
    const answers = await askHosts(
      hosts,
      async ({name}) => {
        asking += 1
        await sleep(name === 'a' ? 20 : 5)
        return asking
      },
      context,
    )
    assert.deepEqual(
      answers.map(({host, answer}) => [host.name, answer]),
      [
        ['a', 3],
        ['b', 3],
        ['c', 3],
      ],
    )
  })

  it('asks the user one question after the other, also when one is not answered', async () => {
    let open = 0
    const questions: string[] = []
    const ask = async <T>(question: string, answer: T): Promise<T> => {
      questions.push(question)
      open += 1
      assert.equal(open, 1)
      await sleep(5)
      open -= 1
      if (question === 'a?') throw down('the terminal')
      return answer
    }

    const asked = {...context, ask: {confirm: (q: string) => ask(q, true), secret: (q: string) => ask(q, 'x')}}
    const answers = await askHosts(
      hosts,
      async ({name}, {ask: own}) => [await own?.confirm(`${name}?`), await own?.secret(`${name}!`)],
      asked,
    )
    assert.deepEqual(
      answers.map(({host, answer}) => [host.name, ...answer]),
      [
        ['b', true, 'x'],
        ['c', true, 'x'],
      ],
    )
    assert.deepEqual(questions.sort(), ['a?', 'b!', 'b?', 'c!', 'c?'])
  })

  it('skips a host that fails, with a warning, unless all fail', async () => {
    const warnings: string[] = []
    const progress = {...silentProgress, warn: (message: string) => void warnings.push(message)}
    const failing =
      (...names: string[]) =>
      async ({name}: ConfiguredHost): Promise<string> => {
        if (names.includes(name)) throw down(name)
        return name
      }

    const answers = await askHosts(hosts, failing('b'), {...context, progress})
    assert.deepEqual(
      answers.map(({answer}) => answer),
      ['a', 'c'],
    )
    assert.deepEqual(warnings, ['the host b was skipped: b is down'])
    await assert.rejects(askHosts(hosts, failing('a', 'b', 'c'), context), {
      code: 'HOSTS_UNUSABLE',
      message: 'none of the configured hosts can be used: a: a is down; b: b is down; c: c is down',
    })
    await assert.rejects(askHosts(hosts.slice(0, 1), failing('a'), context), {code: 'DOWN'})
    assert.deepEqual(await askHosts([], failing(), context), [])
  })

  it('hides no mistake of its own, and no interruption', async () => {
    const broken = async ({name}: ConfiguredHost): Promise<string> => {
      if (name === 'b') throw new TypeError('a mistake')
      return name
    }

    await assert.rejects(askHosts(hosts, broken, context), TypeError)
    const controller = new AbortController()
    const interrupt = async (): Promise<void> => controller.abort(interruptedError('a test'))
    await assert.rejects(askHosts(hosts, interrupt, {...context, signal: controller.signal}), {code: 'INTERRUPTED'})
  })
})
