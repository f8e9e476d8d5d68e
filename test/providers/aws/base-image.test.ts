import assert from 'node:assert/strict'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {chooseImage} from '../../../src/providers/aws/base-image.js'
import {openEc2} from '../../../src/providers/aws/client.js'
import type {Architecture} from '../../../src/providers/aws/classes.js'
import {openPromoted} from '../../../src/state/promoted.js'
import {prepareStateDir} from '../../../src/state/paths.js'
import {ec2Wire, imagesSet, REGION} from './support/ec2-wire.js'

const ubuntu = (id: string, release: string, build: string): {id: string; name: string; owner: string} => ({
  id,
  name: `ubuntu/images/hvm-ssd-gp3/ubuntu-${release}-amd64-server-${build}`,
  owner: '099720109477',
})

describe('what a new machine boots from', () => {
  const wire = ec2Wire()
  let stateDir: string
  beforeEach(async () => {
    stateDir = mkdtempSync(join(tmpdir(), 'crabbox-aws-'))
    await prepareStateDir(stateDir)
  })
  afterEach(() => rmSync(stateDir, {recursive: true}))
  const choose = async (architecture: Architecture = 'x86_64'): Promise<string> => {
    const context = wire.context(stateDir)
    return (await chooseImage(await openEc2(null, context), architecture, context)).id
  }
  const promote = (id: string, architecture: Architecture): Promise<void> =>
    openPromoted(stateDir).transact(
      rows =>
        void rows.set(id, {
          id,
          architecture,
          provider: 'aws',
          region: REGION,
          checkpoint: null,
          promotedAt: '2026-01-01T00:00:00.000Z',
        }),
    )

  it('is the newest build of the newest long-term Ubuntu, whoever else has a later date', async () => {
    wire.answer(
      'DescribeImages',
      imagesSet(
        ubuntu('ami-old', 'jammy-22.04', '20261120'),
        ubuntu('ami-new', 'noble-24.04', '20261101'),
        ubuntu('ami-newest', 'noble-24.04', '20261101.1'),
        ubuntu('ami-interim', 'plucky-25.04', '20261122'),
        {id: 'ami-else', name: 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-minimal-20261122'},
      ),
    )
    assert.equal(await choose(), 'ami-newest')
    const {params} = wire.calls[0] ?? assert.fail('no call')
    assert.equal(params['Owner.1'], '099720109477')
    assert.match(params['Filter.1.Value.1'] ?? '', /amd64/)
  })

  it('is asked for by the name of the processor that Canonical uses', async () => {
    wire.answer(
      'DescribeImages',
      imagesSet({
        id: 'ami-arm',
        name: 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20261101',
        architecture: 'arm64',
      }),
    )
    assert.equal(await choose('arm64'), 'ami-arm')
    assert.match(wire.calls[0]?.params['Filter.1.Value.1'] ?? '', /-arm64-server-/)
  })

  it('is an error where there is none', async () => {
    wire.answer('DescribeImages', imagesSet())
    await assert.rejects(choose(), {code: 'AWS_IMAGE_MISSING'})
  })

  it('is the promoted image of the architecture', async () => {
    await promote('ami-mine', 'x86_64')
    await promote('ami-arm', 'arm64')
    wire.answer('DescribeImages', imagesSet({id: 'ami-mine'}))
    assert.equal(await choose(), 'ami-mine')
    assert.equal(wire.calls[0]?.params['Filter.1.Value.1'], 'ami-mine')
  })

  it('is never quietly another one when the promoted image is gone', async () => {
    await promote('ami-mine', 'x86_64')
    wire.answer('DescribeImages', imagesSet())
    await assert.rejects(choose(), {code: 'AWS_PROMOTED_GONE', message: /ami-mine.*gone/})
    wire.answer('DescribeImages', imagesSet({id: 'ami-mine', state: 'failed'}))
    await assert.rejects(choose(), {code: 'AWS_PROMOTED_GONE', message: /failed/})
  })
})
