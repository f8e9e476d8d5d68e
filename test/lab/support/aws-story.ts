import assert from 'node:assert/strict'
import {execFile} from 'node:child_process'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {promisify} from 'node:util'

import {RebootInstancesCommand} from '@aws-sdk/client-ec2'

import type {Checkpoint} from '../../../src/core/checkpoint.js'
import type {Lease} from '../../../src/core/lease.js'
import {openAwsLab, type AwsLab} from './aws-lab.js'
import {openLab, type Forked, type Lab} from './cli.js'
import {clientOf} from './ec2/client.js'

const SSH = [
  ...['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'BatchMode=yes', 'IdentitiesOnly=yes'],
  'IdentityAgent=none',
].flatMap(option => ['-o', option])

/** A user of the real CLI in a lab cloud. */
export interface AwsStory {
  readonly aws: AwsLab
  readonly lab: Lab
  /** All that was printed. */
  readonly said: readonly string[]
  readonly json: <T>(...args: string[]) => Promise<T>
  readonly warmup: (size?: string) => Promise<Lease>
  /** Runs a script on a lease; it has to succeed. Returns what it printed. */
  readonly run: (lease: Lease, script: string) => Promise<string>
  readonly create: (lease: Lease, ...args: string[]) => Promise<Checkpoint>
  readonly fork: (...args: string[]) => Promise<Lease[]>
  readonly identity: (lease: Lease) => Promise<string>
  readonly keyOf: (lease: Lease) => string
  /** Whether a machine lets the holder of a key in. */
  readonly letsIn: (lease: Lease, key: string) => Promise<boolean>
  /** Restarts a machine, and waits until it has. */
  readonly restart: (lease: Lease) => Promise<void>
  readonly close: () => Promise<void>
}

export async function openAwsStory(): Promise<AwsStory> {
  const aws = await openAwsLab()
  const lab = openLab('aws', {env: aws.env})
  const said: string[] = []
  const json = async <T>(...args: string[]): Promise<T> => {
    const answer = await lab.json<T>(...args)
    said.push(JSON.stringify(answer))
    return answer
  }
  const run = async (lease: Lease, script: string): Promise<string> => {
    const {code, stdout, stderr} = await lab.run('run', '--id', lease.id, '--no-sync', '--shell', script)
    said.push(stdout, stderr)
    assert.equal(code, 0, stderr)
    return stdout.trim()
  }
  return {
    aws,
    lab,
    said,
    json,
    run,
    warmup: (size = 'tiny') => json('warmup', '--provider', 'aws', '--class', size),
    create: (lease, ...args) => json('checkpoint', 'create', '--id', lease.id, ...args),
    fork: async (...args) => (await json<Forked>('checkpoint', 'fork', ...args)).forks.map(({lease}) => lease),
    identity: lease => run(lease, 'cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub'),
    keyOf: ({id}) => join(lab.stateDir, 'keys', id, 'id_ed25519'),
    letsIn: (lease, key) =>
      promisify(execFile)('ssh', [
        '-F',
        '/dev/null',
        ...SSH,
        '-i',
        key,
        `crabbox@${lease.details['address']}`,
        'true',
      ]).then(
        () => true,
        () => false,
      ),
    restart: async lease => {
      await run(lease, 'sudo touch /run/before')
      const ec2 = clientOf(aws.cloud)
      await ec2.send(new RebootInstancesCommand({InstanceIds: [lease.details['instance'] ?? '']}))
      ec2.destroy()
      await settled(async () => assert.equal(await run(lease, 'ls /run/before 2>/dev/null || true'), ''))
    },
    close: async () => {
      lab.close()
      await aws.close()
    },
  }
}

/** What needs a moment. */
export async function settled<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === 20) throw error
      await sleep(500)
    }
  }
}
