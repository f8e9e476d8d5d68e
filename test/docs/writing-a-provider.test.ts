import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {promisify} from 'node:util'

import {makeConsumer} from '../support/consumer.js'
import {filesOf} from '../support/page.js'
import {temporaryDirectory} from '../support/temporary.js'

const FILES = ['package.json', 'hook.js', 'provider.js', 'provider.test.js']

const RUN = `
import {conformanceCases, runConformance} from 'crabbox/testing'
import {shm} from './provider.js'
const cases = conformanceCases({provider: shm}).filter(({operation}) => ['acquire', 'release', 'fork'].includes(operation))
const {results, passed} = await runConformance(cases)
const failed = results.filter(({outcome}) => outcome === 'failed').map(({name, error}) => name + ': ' + error)
console.log(JSON.stringify({passed, failed}))
`

const noMemory = existsSync('/dev/shm') ? '' : ' (skipped: there is no /dev/shm here)'

describe('the page about writing a provider', () => {
  const dir = temporaryDirectory()

  it('shows a provider of less than 120 lines', () => {
    const {'provider.js': provider = '', 'hook.js': hook = ''} = filesOf('writing-a-provider.md', FILES)
    const lines = provider.split('\n').length + hook.split('\n').length
    assert.ok(lines > 60 && lines < 120, `${lines} lines`)
  })

  it(`shows one that works: what it leases and forks conforms${noMemory}`, async function () {
    if (noMemory !== '') this.skip()
    const root = makeConsumer(dir(), {...filesOf('writing-a-provider.md', FILES), 'run.js': RUN})
    const {stdout} = await promisify(execFile)(process.execPath, [join(root, 'run.js')])
    const {passed, failed} = JSON.parse(stdout) as {passed: number; failed: string[]}
    assert.deepEqual(failed, [])
    assert.ok(passed > 30, `${passed} cases passed`)
  })

  it('shows a hook that registers it', async () => {
    const root = makeConsumer(dir(), filesOf('writing-a-provider.md', FILES))
    const {default: hook} = (await import(join(root, 'hook.js'))) as {default: (options: unknown) => Promise<void>}
    const registered: {name: string; load: () => Promise<{name: string}>}[] = []
    await hook({registry: {register: (one: (typeof registered)[number]) => registered.push(one)}})
    assert.equal((await registered[0]?.load())?.name, 'shm')
  })
})
