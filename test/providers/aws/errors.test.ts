import assert from 'node:assert/strict'
import {mock} from 'node:test'
import {setImmediate} from 'node:timers/promises'

import nock from 'nock'

import {CrabboxError, type EXIT} from '../../../src/core/errors.js'
import {openEc2} from '../../../src/providers/aws/client.js'
import {setVariables} from '../../support/environment.js'
import {ec2Wire, imagesSet, REGION} from './support/ec2-wire.js'

const refusals: readonly [string, string, keyof typeof EXIT][] = [
  ['UnauthorizedOperation', 'AWS_NOT_PERMITTED', 'config'],
  ['AuthFailure', 'AWS_CREDENTIALS_INVALID', 'config'],
  ['ExpiredToken', 'AWS_CREDENTIALS_INVALID', 'config'],
  ['VcpuLimitExceeded', 'AWS_QUOTA', 'provider'],
  ['MaxSpotInstanceCountExceeded', 'AWS_QUOTA', 'provider'],
  ['InsufficientInstanceCapacity', 'AWS_NO_CAPACITY', 'provider'],
  ['VPCIdNotSpecified', 'AWS_NO_DEFAULT_VPC', 'config'],
  ['InvalidAMIID.NotFound', 'AWS_NOT_FOUND', 'notFound'],
  ['InvalidParameterValue', 'AWS_REFUSED', 'provider'],
]

describe('what EC2 says of a call that fails', () => {
  const wire = ec2Wire()
  const call = async (): Promise<unknown> => {
    const ec2 = await openEc2(null, wire.context('/nowhere'))
    return ec2.call('DescribeImages', {}).then(
      () => assert.fail('the call succeeds'),
      (error: unknown) => error,
    )
  }

  for (const [code, ours, kind] of refusals) {
    it(`${code} is ${ours}, names the action and keeps the words`, async () => {
      wire.answer('DescribeImages', {code, message: 'as EC2 puts it'})
      const error = await call()
      assert.ok(error instanceof CrabboxError)
      assert.deepEqual([error.code, error.kind], [ours, kind])
      assert.match(error.message, /DescribeImages.*as EC2 puts it/)
    })
  }

  it('a throttled call is made again', async () => {
    const throttled = {code: 'RequestLimitExceeded', status: 503}
    wire.answer('DescribeImages', throttled, throttled, imagesSet({id: 'ami-1'}))
    const ec2 = await openEc2(null, wire.context('/nowhere'))
    const {Images: [image] = []} = await ec2.call('DescribeImages', {})
    assert.equal(image?.ImageId, 'ami-1')
    assert.equal(wire.calls.length, 3)
  })

  it('a call that nobody answers is given up one day', async () => {
    mock.timers.enable({apis: ['setTimeout']})
    nock.cleanAll()
    nock(`https://ec2.${REGION}.amazonaws.com`).persist().post('/').delayConnection(86_400_000).reply(200, '')
    let error: unknown = null
    void call().then(failure => (error = failure))
    // Files are read for real meanwhile, so most of these seconds find nothing to end.
    for (let second = 0; second < 80_000 && error === null; second++) {
      await setImmediate()
      mock.timers.tick(1000)
    }

    mock.timers.reset()
    // They would keep this process alive for the day.
    nock.abortPendingRequests()
    assert.ok(error instanceof CrabboxError)
    assert.equal(error.code, 'AWS_UNREACHABLE')
  })

  it('no call is made once the user has interrupted', async () => {
    const controller = new AbortController()
    const ec2 = await openEc2(null, {...wire.context('/nowhere'), signal: controller.signal})
    controller.abort()
    await assert.rejects(ec2.call('DescribeImages', {}), {code: 'INTERRUPTED'})
    assert.equal(wire.calls.length, 0)
  })

  it('no region is a failure of its own', async () => {
    const context = {...wire.context('/nowhere'), settings: async () => ({})}
    const restore = setVariables({
      AWS_REGION: undefined,
      AWS_DEFAULT_REGION: undefined,
      AWS_CONFIG_FILE: '/nowhere/config',
    })
    await assert.rejects(openEc2(null, context), {code: 'AWS_REGION_MISSING', kind: 'config'}).finally(restore)
  })
})
