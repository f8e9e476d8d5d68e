import {terminate} from './account/instance-work.js'
import {find, type Region} from './account/region.js'
import {defaultSettings, type CallListener, type Settings} from './account/settings.js'
import {Ec2Error} from './protocol/ec2-error.js'

/** What makes the lab cloud behave like EC2 on a worse day. Each may be turned at any time. */
export interface Knobs {
  /** How many milliseconds every answer takes longer. */
  readonly slow: (ms: number) => void
  /** For how many looks an instance or image that is made from now on is not to be seen. */
  readonly eventual: (looks: number) => void
  /** Which types can be launched. */
  readonly capacity: (has: (type: string) => boolean) => void
  /** Answers an error some times, without the work. */
  readonly fail: (action: string, error: {code: string; message: string; status?: number}, times: number) => void
  /** Does the work some times, and hangs up instead of an answer. */
  readonly loseAnswer: (action: string, times: number) => void
  /** Awaited after the work of every call and before its answer. Calls are numbered from 1, from now on. */
  readonly afterCall: (listener: CallListener | undefined) => void
  /** For how many looks an image that is made from now on is pending. Default: 2. */
  readonly imagePolls: (looks: number) => void
  /** For how many looks it does not name its snapshot. Default: 0. */
  readonly snapshotPolls: (looks: number) => void
  /** The next image ends as failed. */
  readonly failImage: (reason: string) => void
  /** Takes a spot instance away. */
  readonly interruptSpot: (instance: string) => void
  /** Whether the account has a default VPC. */
  readonly defaultVpc: (has: boolean) => void
  /** Turns all of them back. */
  readonly reset: () => void
}

export function makeKnobs(settings: Settings, regions: () => readonly Region[]): Knobs {
  return {
    slow: ms => void (settings.delay = ms),
    eventual: looks => void (settings.hidden = looks),
    capacity: has => void (settings.capacity = has),
    fail: (action, {code, message, status}, times) => {
      settings.failures.push({action, error: new Ec2Error(code, message, status), left: times})
    },
    loseAnswer: (action, times) => void settings.lostAnswers.push({action, left: times}),
    afterCall: call => void (settings.listener = call === undefined ? undefined : {call, calls: 0}),
    imagePolls: looks => void (settings.imagePolls = looks),
    snapshotPolls: looks => void (settings.snapshotPolls = looks),
    failImage: reason => void settings.imageFailures.push(reason),
    interruptSpot: id => {
      const region = regions().find(({instances}) => instances.has(id))
      if (region === undefined) throw new Error(`There is no instance ${id}`)
      const code = 'Server.SpotInstanceTermination'
      terminate(region, find('instance', region.instances, id), {code, message: `${code}: Spot instance termination`})
    },
    defaultVpc: has => void (settings.hasDefaultVpc = has),
    reset: () => void Object.assign(settings, defaultSettings()),
  }
}
