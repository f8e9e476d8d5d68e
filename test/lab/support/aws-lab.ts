import assert from 'node:assert/strict'
import {setTimeout as sleep} from 'node:timers/promises'
import {isDeepStrictEqual} from 'node:util'

import {setVariables} from '../../support/environment.js'
import {startLabCloud, type LabCloud} from './ec2/lab-cloud.js'
import {storyOf} from './ec2/machine/story.js'

/** From where the tests say that they connect. */
const RANGE = '203.0.113.7/32'

/** A lab cloud that this process takes for EC2. */
export interface AwsLab {
  readonly cloud: LabCloud
  /** What the CLI needs to take it for EC2, too. */
  readonly env: Readonly<Record<string, string>>
  /** What the settings of the provider are in it. */
  readonly settings: () => Promise<Readonly<Record<string, string>>>
  readonly close: () => Promise<void>
}

export async function openAwsLab(): Promise<AwsLab> {
  const cloud = await startLabCloud()
  const restore = setVariables(cloud.env)
  return {
    cloud,
    env: {...cloud.env, CRABBOX_AWS_SSH_FROM: RANGE},
    settings: async () => ({sshFrom: RANGE}),
    close: async () => {
      restore()
      await cloud.close()
    },
  }
}

/** What of a cloud costs, opens a door or is known by name: the kinds, with their numbers. */
export function holdings({state}: Pick<LabCloud, 'state'>): Readonly<Record<string, number>> {
  const {instances, volumes, images, snapshots, keyPairs, groups, rules} = state()
  return Object.fromEntries(
    Object.entries({instances, volumes, images, snapshots, keyPairs, groups, rules}).map(([kind, all]) => [
      kind,
      all.length,
    ]),
  )
}

/** An account as it was before anything was made in it. */
const NOTHING = {instances: 0, volumes: 0, images: 0, snapshots: 0, keyPairs: 0, groups: 0, rules: 0}

/** Fails where anything is left, and shows what machines that are left are at. One that was stopped takes a moment to end. */
export async function expectNothing(cloud: Pick<LabCloud, 'state'>): Promise<void> {
  for (let attempt = 0; attempt < 40 && !isDeepStrictEqual(holdings(cloud), NOTHING); attempt++) await sleep(250)
  for (const {id} of cloud.state().instances) console.error(await storyOf(id))
  assert.deepEqual(holdings(cloud), NOTHING, 'something is left in the account')
}
