import assert from 'node:assert/strict'

import {newCheckpointId} from '../../../src/core/ids.js'
import {imageTags, recordOf} from '../../../src/providers/aws/ami/tags.js'
import {checkpointDraft} from '../../../src/testing/records.js'
import {REGION} from './support/ec2-wire.js'
import {artifactOf, IDENTITY, leaseOf} from './support/lease.js'

const lease = leaseOf('aws')
const {workRoot} = lease
const checkpoint = {id: newCheckpointId()}
const artifact = artifactOf(REGION, lease)

describe('an image of a checkpoint', () => {
  it('tells by its tags all that its record says', () => {
    const repo = {
      name: 'shop',
      remote: 'https://git.example/shop.git',
      head: 'a'.repeat(40),
      branch: 'main',
      dirty: false,
    }
    const about = {...checkpointDraft(checkpoint.id, lease), repo, note: 'a note, with (brackets)', name: null}
    const tags = imageTags(about, workRoot, IDENTITY)
    assert.ok(tags.length <= 50)
    for (const {Key = '', Value = ''} of tags) assert.ok(Key.length <= 128 && Value.length <= 256, Key)
    const record = recordOf(
      {
        ImageId: 'ami-0aaa',
        State: 'available',
        OwnerId: '111122223333',
        Architecture: 'x86_64',
        RootDeviceName: '/dev/sda1',
        BlockDeviceMappings: [{Ebs: {SnapshotId: 'snap-0aaa', VolumeSize: 8}}],
        Tags: tags,
      },
      REGION,
    )
    assert.deepEqual(record?.artifact, artifact)
    assert.deepEqual(record.repo, repo)
    assert.deepEqual(record.lease, about.lease)
    assert.deepEqual([record.workdir, record.createdAt, record.state], [about.workdir, about.createdAt, 'ready'])
    assert.equal(record.note, 'a note- with -brackets-')
  })

  it('of somebody else makes no record, and tags with nonsense make none either', () => {
    assert.equal(recordOf({ImageId: 'ami-1', Tags: []}, REGION), null)
    const nonsense = imageTags(checkpointDraft(checkpoint.id, lease), workRoot, IDENTITY).map(tag =>
      tag.Key === 'crabbox:slug' ? {...tag, Value: '../..'} : tag,
    )
    assert.equal(recordOf({ImageId: 'ami-1', Tags: nonsense}, REGION), null)
  })

  it('with an edited name has none, and a subdirectory is one again', () => {
    const about = {
      ...checkpointDraft(checkpoint.id, lease),
      workdir: {path: `${workRoot}/shop/packages/api`, relative: 'packages/api'},
    }
    const tags = [...imageTags(about, workRoot, IDENTITY), {Key: 'crabbox:name', Value: 'not a name'}]
    const record = recordOf({ImageId: 'ami-1', State: 'available', Tags: tags}, REGION)
    assert.equal(record?.name, null)
    assert.deepEqual(record.workdir, about.workdir)
  })
})
