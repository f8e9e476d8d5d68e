import assert from 'node:assert/strict'
import {readdirSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {expectNothing, holdings} from './support/aws-lab.js'
import {openAwsStory, type AwsStory} from './support/aws-story.js'
import {describeInCloud} from './support/ec2/in-cloud.js'

describeInCloud('the story on AWS, in the lab cloud', () => {
  let story: AwsStory
  before(async () => {
    story = await openAwsStory()
  })
  after(() => story.close())
  afterEach(() => story.aws.cloud.knobs.reset())

  it('saves a machine, opens copies that are nobody else, and leaves nothing', async () => {
    const {aws, lab, json, run, create, fork, identity, keyOf, letsIn, restart, warmup} = story
    const source = await warmup('beast')
    assert.equal(source.details['type'], 'c7a.48xlarge')
    await run(
      source,
      'sudo apt-get update -q && sudo apt-get install -y -q hello && hello > greeting && sudo sh -c "echo tuned > /etc/tuned"',
    )
    const before = await identity(source)

    const saved = await create(source, '--name', 'prepared')
    assert.deepEqual([saved.tier, saved.state], ['aws-ami', 'ready'])
    assert.equal(await identity(source), before, 'the source is somebody else')
    const forks = await fork('prepared', '--count', '3')
    assert.equal(forks.length, 3)
    const identities = new Set([before])
    for (const one of forks) {
      assert.equal(
        await run(one, 'hello && cat greeting /etc/tuned && pwd'),
        `Hello, world!\nHello, world!\ntuned\n${one.workdir}`,
      )
      assert.ok(one.workdir.includes(one.id))
      identities.add(await identity(one))
      assert.equal(await letsIn(one, keyOf(one)), true)
      assert.equal(await letsIn(one, keyOf(source)), false, "a fork lets the source's key in")
      assert.equal(await letsIn(source, keyOf(one)), false, "the source lets a fork's key in")
      assert.equal(await run(one, `sudo ls -d /work/${source.id} 2>/dev/null || true`), '')
    }

    assert.equal(identities.size, 4)
    assert.equal(new Set([...identities].flatMap(text => text.split('\n'))).size, 8)

    // The source is what it was: it restarts as itself, and can be saved and forked again; so can a fork.
    await restart(source)
    assert.equal(await identity(source), before, 'after a restart the source is somebody else')
    await run(source, 'echo more >> greeting')
    const [again] = await fork((await create(source, '--name', 'second')).id)
    assert.ok(again)
    assert.equal(await run(again, 'tail -n 1 greeting'), 'more')
    const [deep] = await fork((await create(again, '--name', 'third')).id)
    assert.ok(deep)
    assert.equal(await run(deep, 'tail -n 1 greeting; hello'), 'more\nHello, world!')

    for (const name of ['prepared', 'second', 'third']) await json('checkpoint', 'delete', name)
    const {images, snapshots} = holdings(aws.cloud)
    assert.deepEqual([images, snapshots], [0, 0])
    noSecretsIn(story, [source, ...forks, again, deep])
    for (const lease of [source, ...forks, again, deep]) await json('stop', '--id', lease.id)
    await expectNothing(aws.cloud)
    assert.deepEqual(readdirSync(join(lab.stateDir, 'keys')), [])
  })

  it('brings records back from the tags when the catalog is lost, and knows what is not its own', async () => {
    const {lab, json, run, create, fork, warmup} = story
    const source = await warmup()
    await run(source, 'echo kept > file')
    const saved = await create(source, '--name', 'kept')
    for (const file of ['catalog.json', 'catalog.json.previous']) rmSync(join(lab.stateDir, file), {force: true})
    assert.deepEqual((await json<{checkpoints: unknown[]}>('checkpoint', 'list')).checkpoints, [])
    const report = await json<{recovered: Checkpoint[]; unknown: unknown[]}>(
      'checkpoint',
      'recover',
      '--provider',
      'aws',
    )
    assert.deepEqual(
      report.recovered.map(({id, name, artifact}) => [id, name, artifact]),
      [[saved.id, 'kept', saved.artifact]],
    )
    assert.deepEqual(report.unknown, [])
    const [one] = await fork('kept')
    assert.ok(one)
    assert.equal(await run(one, 'cat file'), 'kept')

    rmSync(join(lab.stateDir, 'leases.json'))
    rmSync(join(lab.stateDir, 'leases.json.previous'), {force: true})
    const lost = await json<{unknown: {kind: string; lease: string}[]}>('checkpoint', 'recover', '--provider', 'aws')
    assert.deepEqual(
      lost.unknown.map(({kind, lease}) => `${kind} ${lease}`).sort(),
      [source, one].flatMap(({id}) => ['instance', 'key pair', 'security group'].map(kind => `${kind} ${id}`)).sort(),
    )
    await json('checkpoint', 'delete', 'kept')
  })
})

/** The private keys are where they belong, and nowhere else. */
function noSecretsIn({said, aws, lab, keyOf}: AwsStory, leases: readonly Lease[]): void {
  const written = [
    ...said,
    ...aws.cloud.calls.flatMap(({params}) =>
      Object.values(params).flatMap(value => [value, Buffer.from(value, 'base64').toString('latin1')]),
    ),
    ...readdirSync(lab.stateDir, {recursive: true, withFileTypes: true})
      .filter(entry => entry.isFile() && !entry.parentPath.includes(join(lab.stateDir, 'keys')))
      .map(entry => readFileSync(join(entry.parentPath, entry.name), 'latin1')),
  ]
  const secrets = leases.flatMap(lease =>
    readFileSync(keyOf(lease), 'utf8')
      .split('\n')
      .filter(line => line.length > 30 && !line.startsWith('-----')),
  )
  assert.ok(secrets.length >= leases.length * 2)
  // The first line of a key holds its public part as well.
  const telling = secrets.filter(line => !line.startsWith('b3BlbnNzaC1rZXk'))
  for (const line of telling) assert.ok(!written.some(text => text.includes(line)), 'a private key is somewhere else')
}
