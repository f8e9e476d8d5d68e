import assert from 'node:assert/strict'
import {readFileSync, statSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Lease} from '../../src/core/lease.js'
import {useSandbox} from '../support/cli.js'
import {refuses} from '../support/refusals.js'
import {pictureOf} from '../support/tree.js'

interface Forks {
  readonly forks: {index: number; lease?: Lease; error?: {code: string}; exitCode?: number}[]
}

describe('several forks', () => {
  let source: Lease
  const sandbox = useSandbox(async ({json}) => {
    source = await json<Lease>(['warmup', '--slug', 'source', '--class', 'fast'])
    await json(['run', '--id', 'source', '--', 'true'])
    await json(['checkpoint', 'create', '--id', 'source', '--name', 'saved'])
  })
  const {run, json} = sandbox
  const slugs = async (): Promise<string[]> =>
    (await json<{leases: Lease[]}>(['list'])).leases.map(({slug}) => slug).sort()
  const fork = (...args: string[]): string[] => ['checkpoint', 'fork', 'saved', ...args]

  it('are all equal to the source, with numbered slugs, its class and an end', async () => {
    const {forks} = await json<Forks>(fork('--count', '3', '--slug', 'bug-7', '--ttl', '2h'))
    assert.deepEqual(
      forks.map(({index, lease}) => `${index} ${lease?.slug}`),
      ['1 bug-7-1', '2 bug-7-2', '3 bug-7-3'],
    )
    for (const {lease} of forks) {
      assert.ok(lease)
      assert.deepEqual(await pictureOf(lease.workdir), await pictureOf(source.workdir))
      assert.equal(lease.class, 'fast')
      assert.equal(Date.parse(lease.expiresAt ?? '') - Date.parse(lease.createdAt), 7_200_000)
    }

    assert.deepEqual(await slugs(), ['bug-7-1', 'bug-7-2', 'bug-7-3', 'source'])
  })

  it('are known from the beginning: what is saved of them is what was changed, whatever times that bears', async () => {
    const {forks} = await json<Forks>(fork('--count', '2', '--slug', 'known'))
    const save = async (slug: string, ...more: string[]): Promise<number> =>
      (await json<{artifact: {layers: string[]}}>(['checkpoint', 'create', '--id', slug, ...more])).artifact.layers
        .length
    for (const {lease} of forks) {
      assert.ok(lease)
      const before = await save(lease.slug)
      const file = join(lease.workdir, 'README.md')
      const {atime, mtime} = statSync(file)
      writeFileSync(file, readFileSync(file, 'utf8').toUpperCase())
      utimesSync(file, atime, mtime)
      const after = await save(lease.slug, '--name', `of-${lease.slug}`)
      assert.deepEqual([before, after], [1, 2])
      const again = await json<Forks>(['checkpoint', 'fork', `of-${lease.slug}`])
      assert.deepEqual(await pictureOf(again.forks[0]?.lease?.workdir ?? ''), await pictureOf(lease.workdir))
    }
  })

  it('run a command each, told by its placeholders which one it is, every line saying where it comes from', async () => {
    const words = ['{{index}}', '{{total}}', '{{lease}}', '{{slug}}', '{{other}}', '{{index}}/{{index}}', 'a b']
    const outcome = await run(
      fork('--count', '12', '--slug', 'many', '--class', 'tiny', '--', 'printf', '%s,', ...words),
    )
    assert.equal(outcome.code, 0, outcome.stderr)
    assert.doesNotMatch(outcome.stderr, /Warning/)
    for (const index of ['1', '2', '12']) {
      const slug = `many-${index}`
      const {lease} = await json<{lease: Lease}>(['status', '--id', slug])
      assert.equal(lease.class, 'tiny')
      const line = `[${slug}] ${index},12,${lease.id},${slug},{{other}},${index}/${index},a b,`
      assert.ok(outcome.stdout.split('\n').includes(line), `${line} in\n${outcome.stdout}`)
    }
  })

  it('answer with 7 and each exit code when the command fails on one', async () => {
    const failing = fork('--count', '2', '--json', '--', 'sh', '-c', 'echo seen; exit $(( {{index}} - 1 ))')
    const {code, json: answer, stderr} = await run(failing)
    assert.equal(code, 7)
    assert.deepEqual(
      (answer as Forks).forks.map(({exitCode}) => exitCode),
      [0, 1],
    )
    assert.equal(stderr.match(/^\[.*\] seen$/gm)?.length, 2)
  })

  it('answer for the others when one fails, and leave nothing of the one', async () => {
    await json(['warmup', '--slug', 'part-2'])
    const {code, json: answer, stderr} = await run(fork('--count', '3', '--slug', 'part', '--json'))
    assert.equal(code, 6)
    const {forks} = answer as Forks
    assert.deepEqual(
      forks.map(({index, lease, error}) => `${index} ${lease?.slug ?? error?.code}`),
      ['1 part-1', '2 SLUG_TAKEN', '3 part-3'],
    )
    assert.match(stderr, /^warning: fork 2 of 3 failed: .*part-2.* \(SLUG_TAKEN\)\. [A-Z].*\.$/m)
    for (const slug of ['part-1', 'part-3']) await json(['stop', '--id', slug])
    const text = await run(fork('--count', '3', '--slug', 'part', '--', 'echo', 'on {{slug}}, {{index}} of {{total}}'))
    assert.equal(text.code, 6)
    assert.match(text.stdout, /^\[part-3\] on part-3, 3 of 3$/m)
    const left = await slugs()
    assert.deepEqual(
      left.filter(slug => slug.startsWith('part-')),
      ['part-1', 'part-2', 'part-3'],
    )
  })

  it('take the slug as it is when there is only one, and refuse one that gets too long with its number', async () => {
    const {forks} = await json<Forks>(fork('--slug', 'alone', '--', 'true'))
    assert.deepEqual([forks[0]?.lease?.slug, forks[0]?.exitCode], ['alone', 0])
    const long = 'x'.repeat(39)
    await refuses(sandbox, fork('--count', '2', '--slug', long), {exit: 2, code: 'SLUG_INVALID'})
  })
})
