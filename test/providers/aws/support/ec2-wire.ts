import nock from 'nock'

import type {Context} from '../../../../src/core/context.js'
import {silentProgress} from '../../../../src/core/progress.js'
import {setVariables} from '../../../support/environment.js'

export const REGION = 'eu-central-1'

/** One request as EC2 receives it: the action, and its parameters as they stand in the form. */
export interface Call {
  readonly action: string
  readonly params: Readonly<Record<string, string>>
}

/** What EC2 answers: the inner part of its XML, or an error. */
export type Answer = string | {readonly code: string; readonly message?: string; readonly status?: number}

/** EC2 at the end of the wire, for one suite: real requests of the real SDK, and answers as the service gives them. */
export interface Wire {
  readonly calls: Call[]
  /** How an action is answered from now on; a list is used up one by one, and its last answer stays. */
  readonly answer: (action: string, ...answers: readonly (Answer | ((call: Call) => Answer))[]) => void
  readonly callsOf: (action: string) => Call[]
  readonly context: (stateDir: string, settings?: Readonly<Record<string, string>>) => Context & {warnings: string[]}
}

export function ec2Wire(): Wire {
  const calls: Call[] = []
  const answers = new Map<string, (Answer | ((call: Call) => Answer))[]>()
  let restore = (): void => undefined
  const wire: Wire = {
    calls,
    answer: (action, ...list) => void answers.set(action, [...list]),
    callsOf: action => calls.filter(call => call.action === action),
    context: (stateDir, settings = {}) => {
      const warnings: string[] = []
      return {
        stateDir,
        warnings,
        signal: new AbortController().signal,
        progress: {...silentProgress, warn: message => void warnings.push(message)},
        settings: async () => ({region: REGION, sshFrom: '203.0.113.7/32', ...settings}),
      }
    },
  }
  beforeEach(() => {
    calls.length = 0
    answers.clear()
    restore = setVariables({
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_EC2_METADATA_DISABLED: 'true',
    })
    nock.disableNetConnect()
    nock(`https://ec2.${REGION}.amazonaws.com`)
      .persist()
      .post('/')
      .reply((_uri, body) => {
        const params = Object.fromEntries(new URLSearchParams(String(body)))
        const call = {action: params['Action'] ?? '', params}
        calls.push(call)
        const list = answers.get(call.action) ?? []
        const next = (list.length > 1 ? list.shift() : list[0]) ?? {
          code: 'InvalidAction',
          message: `unexpected ${call.action}`,
        }
        return xmlOf(call.action, typeof next === 'function' ? next(call) : next)
      })
  })
  afterEach(() => {
    nock.cleanAll()
    nock.enableNetConnect()
    restore()
  })
  return wire
}

function xmlOf(action: string, answer: Answer): [number, string, Record<string, string>] {
  const type = {'content-type': 'text/xml;charset=UTF-8'}
  if (typeof answer === 'string')
    return [
      200,
      `<?xml version="1.0" encoding="UTF-8"?>\n<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>${answer}</${action}Response>`,
      type,
    ]
  const {code, message = 'no more is said', status = 400} = answer
  return [
    status,
    `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>ea966190-f9aa-478e-9ede-example</RequestID></Response>`,
    type,
  ]
}

export const tagSet = (tags: Readonly<Record<string, string>>): string =>
  `<tagSet>${Object.entries(tags)
    .map(([key, value]) => `<item><key>${key}</key><value>${value}</value></item>`)
    .join('')}</tagSet>`

export interface ImageFacts {
  readonly id?: string
  readonly name?: string
  readonly state?: string
  readonly reason?: string
  readonly owner?: string
  readonly architecture?: string
  readonly snapshot?: string
  readonly size?: number
  readonly tags?: Readonly<Record<string, string>>
}

/** One image in the answer to DescribeImages. */
export const imageItem = ({
  id = 'ami-0aaa',
  name = 'an image',
  state = 'available',
  reason,
  owner = '111122223333',
  architecture = 'x86_64',
  snapshot = 'snap-0aaa',
  size = 8,
  tags = {},
}: ImageFacts): string =>
  `<item><imageId>${id}</imageId><imageLocation>${owner}/${name}</imageLocation><imageState>${state}</imageState><imageOwnerId>${owner}</imageOwnerId><architecture>${architecture}</architecture><name>${name}</name><rootDeviceName>/dev/sda1</rootDeviceName><blockDeviceMapping><item><deviceName>/dev/sda1</deviceName><ebs>${snapshot === '' ? '' : `<snapshotId>${snapshot}</snapshotId>`}<volumeSize>${size}</volumeSize></ebs></item></blockDeviceMapping>${reason === undefined ? '' : `<stateReason><code>Client.Failed</code><message>${reason}</message></stateReason>`}${tagSet(tags)}</item>`

export const imagesSet = (...images: readonly ImageFacts[]): string =>
  `<imagesSet>${images.map(imageItem).join('')}</imagesSet>`

/** The answer to DescribeSnapshots. */
export const snapshotSet = (
  ...snapshots: readonly {
    id: string
    state?: string
    progress?: string
    bytes?: number
    tags?: Readonly<Record<string, string>>
  }[]
): string =>
  `<snapshotSet>${snapshots
    .map(
      ({id, state = 'completed', progress = '100%', bytes = 2_147_483_648, tags = {}}) =>
        `<item><snapshotId>${id}</snapshotId><status>${state}</status><progress>${progress}</progress><volumeSize>8</volumeSize><fullSnapshotSizeInBytes>${bytes}</fullSnapshotSizeInBytes>${tagSet(tags)}</item>`,
    )
    .join('')}</snapshotSet>`

/** One machine in the answer to DescribeInstances or RunInstances. */
export const instanceItem = ({
  id = 'i-0aaa',
  state = 'running',
  address = '198.51.100.4',
  tags = {},
  reason,
}: {
  id?: string
  state?: string
  address?: string
  tags?: Readonly<Record<string, string>>
  reason?: string
}): string =>
  `<item><instanceId>${id}</instanceId><imageId>ami-0aaa</imageId><instanceState><code>16</code><name>${state}</name></instanceState><instanceType>m7a.large</instanceType><vpcId>vpc-0aaa</vpcId><ipAddress>${address}</ipAddress><groupSet><item><groupId>sg-0aaa</groupId></item></groupSet>${reason === undefined ? '' : `<stateReason><code>x</code><message>${reason}</message></stateReason>`}<architecture>x86_64</architecture><rootDeviceName>/dev/sda1</rootDeviceName>${tagSet(tags)}</item>`

export const reservations = (...instances: readonly string[]): string =>
  `<reservationSet>${instances.map(item => `<item><reservationId>r-0aaa</reservationId><ownerId>111122223333</ownerId><instancesSet>${item}</instancesSet></item>`).join('')}</reservationSet>`

/** The answer that tells whose account it is. */
export const defaultGroup = (owner: string): string =>
  `<securityGroupInfo><item><ownerId>${owner}</ownerId><groupId>sg-default</groupId><groupName>default</groupName></item></securityGroupInfo>`
