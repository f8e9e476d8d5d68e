import type {
  AuthorizeSecurityGroupIngressCommandInput,
  AuthorizeSecurityGroupIngressCommandOutput,
  CreateImageCommandInput,
  CreateImageCommandOutput,
  CreateSecurityGroupCommandInput,
  CreateSecurityGroupCommandOutput,
  CreateTagsCommandInput,
  CreateTagsCommandOutput,
  DeleteKeyPairCommandInput,
  DeleteKeyPairCommandOutput,
  DeleteSecurityGroupCommandInput,
  DeleteSecurityGroupCommandOutput,
  DeleteSnapshotCommandInput,
  DeleteSnapshotCommandOutput,
  DeleteTagsCommandInput,
  DeleteTagsCommandOutput,
  DeregisterImageCommandInput,
  DeregisterImageCommandOutput,
  DescribeImagesCommandInput,
  DescribeImagesCommandOutput,
  DescribeInstancesCommandInput,
  DescribeInstancesCommandOutput,
  DescribeKeyPairsCommandInput,
  DescribeKeyPairsCommandOutput,
  DescribeSecurityGroupsCommandInput,
  DescribeSecurityGroupsCommandOutput,
  DescribeSnapshotsCommandInput,
  DescribeSnapshotsCommandOutput,
  DescribeSubnetsCommandInput,
  DescribeSubnetsCommandOutput,
  EC2,
  ImportKeyPairCommandInput,
  ImportKeyPairCommandOutput,
  ModifyInstanceAttributeCommandInput,
  ModifyInstanceAttributeCommandOutput,
  RunInstancesCommandInput,
  RunInstancesCommandOutput,
  TerminateInstancesCommandInput,
  TerminateInstancesCommandOutput,
} from '@aws-sdk/client-ec2'

import type {Context} from '../../core/context.js'
import {throwIfAborted} from '../../core/errors.js'
import {awsError, isNoCapacity, regionMissing} from './errors.js'

export type {Filter, Image, Instance, Snapshot, Tag, TagSpecification, _InstanceType} from '@aws-sdk/client-ec2'

/** Every call that this provider makes, with what goes in and what comes out. */
interface Actions {
  AuthorizeSecurityGroupIngress: [AuthorizeSecurityGroupIngressCommandInput, AuthorizeSecurityGroupIngressCommandOutput]
  CreateImage: [CreateImageCommandInput, CreateImageCommandOutput]
  CreateSecurityGroup: [CreateSecurityGroupCommandInput, CreateSecurityGroupCommandOutput]
  CreateTags: [CreateTagsCommandInput, CreateTagsCommandOutput]
  DeleteKeyPair: [DeleteKeyPairCommandInput, DeleteKeyPairCommandOutput]
  DeleteSecurityGroup: [DeleteSecurityGroupCommandInput, DeleteSecurityGroupCommandOutput]
  DeleteSnapshot: [DeleteSnapshotCommandInput, DeleteSnapshotCommandOutput]
  DeleteTags: [DeleteTagsCommandInput, DeleteTagsCommandOutput]
  DeregisterImage: [DeregisterImageCommandInput, DeregisterImageCommandOutput]
  DescribeImages: [DescribeImagesCommandInput, DescribeImagesCommandOutput]
  DescribeInstances: [DescribeInstancesCommandInput, DescribeInstancesCommandOutput]
  DescribeKeyPairs: [DescribeKeyPairsCommandInput, DescribeKeyPairsCommandOutput]
  DescribeSecurityGroups: [DescribeSecurityGroupsCommandInput, DescribeSecurityGroupsCommandOutput]
  DescribeSnapshots: [DescribeSnapshotsCommandInput, DescribeSnapshotsCommandOutput]
  DescribeSubnets: [DescribeSubnetsCommandInput, DescribeSubnetsCommandOutput]
  ImportKeyPair: [ImportKeyPairCommandInput, ImportKeyPairCommandOutput]
  ModifyInstanceAttribute: [ModifyInstanceAttributeCommandInput, ModifyInstanceAttributeCommandOutput]
  RunInstances: [RunInstancesCommandInput, RunInstancesCommandOutput]
  TerminateInstances: [TerminateInstancesCommandInput, TerminateInstancesCommandOutput]
}

export type Action = keyof Actions
export type Input<A extends Action> = Actions[A][0]
export type Output<A extends Action> = Actions[A][1]

/** EC2 in one region. */
export interface Ec2 {
  readonly region: string
  /** Makes a call; a failure is one of ours, see `awsError`. */
  readonly call: <A extends Action>(action: A, input: Input<A>) => Promise<Output<A>>
  /** The same whatever the signal says, for cleaning up. */
  readonly finish: <A extends Action>(action: A, input: Input<A>) => Promise<Output<A>>
}

/** Throttled and broken calls are repeated by the SDK, with growing pauses. */
const ATTEMPTS = 7

/** The SDK by itself waits for ever. Milliseconds to connect, and for which a connection may be silent before a call is repeated. */
const PATIENCE = {connectionTimeout: 10_000, socketTimeout: 60_000}

/**
 * Opens EC2 with the credentials that the SDK finds: variables, profiles, SSO, the role of the machine.
 * @param region null: what the settings say, else what the SDK finds
 * @throws {CrabboxError} `AWS_REGION_MISSING`
 */
export async function openEc2(region: string | null, context: Context): Promise<Ec2> {
  throwIfAborted(context.signal)
  const settings = (await context.settings?.('aws')) ?? {}
  // The SDK warns of the Node release that it runs on, on every start; which ones it works with is seen to here.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const sdk = await import('@aws-sdk/client-ec2')
  const wanted = region ?? settings['region']
  const {profile} = settings
  const client = new sdk.EC2({
    maxAttempts: ATTEMPTS,
    requestHandler: PATIENCE,
    ...(wanted === undefined ? {} : {region: wanted}),
    ...(profile === undefined ? {} : {profile}),
  })
  const found = await client.config.region().catch((error: unknown) => {
    throw regionMissing(error)
  })
  await giveUpEarly(client)
  const make =
    (signal: AbortSignal | null): Ec2['call'] =>
    async (action, input) => {
      if (signal !== null) throwIfAborted(signal)
      try {
        return await send(client, action, input, signal)
      } catch (error) {
        if (signal !== null) throwIfAborted(signal)
        throw awsError(action, error)
      }
    }
  return {region: found, call: make(context.signal), finish: make(null)}
}

/** The SDK takes a lack of capacity for a fault that passes, and would ask for half a minute before another type is tried. */
async function giveUpEarly({config}: EC2): Promise<void> {
  const strategy = await config.retryStrategy()
  if (!('refreshRetryTokenForRetry' in strategy)) return
  const refresh = strategy.refreshRetryTokenForRetry.bind(strategy)
  strategy.refreshRetryTokenForRetry = async (token, failure) => {
    if (isNoCapacity(failure.error)) throw new Error('another type is tried instead')
    return refresh(token, failure)
  }
  config.retryStrategy = async () => strategy
}

/** The SDK has a method for every action, which begins with a small letter. */
function send<A extends Action>(
  client: EC2,
  action: A,
  input: Input<A>,
  signal: AbortSignal | null,
): Promise<Output<A>> {
  const name = `${action.charAt(0).toLowerCase()}${action.slice(1)}` as Uncapitalize<A>
  const method = client[name] as unknown as (
    input: Input<A>,
    options: {abortSignal?: AbortSignal},
  ) => Promise<Output<A>>
  return method.call(client, input, signal === null ? {} : {abortSignal: signal})
}
