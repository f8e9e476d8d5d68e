import {reasonOf} from '../../../../../src/core/errors.js'
import {docker, dockerOutput} from './docker.js'
import {nameOf} from './machines.js'

/** What a machine has written lately, and what runs on it: for whoever wonders why it is still there. */
export async function storyOf(id: string): Promise<string> {
  const parts = [dockerOutput('logs', '--tail', '40', nameOf(id)), docker('top', nameOf(id))]
  return [`== ${id}`, ...(await Promise.all(parts.map(part => part.catch(reasonOf))))].join('\n')
}
