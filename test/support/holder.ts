import {writeFileSync} from 'node:fs'
import {hostname} from 'node:os'
import {join} from 'node:path'

import type {Holder} from '../../src/state/locks.js'

/** Leaves a lock in a state directory as a process holds it, or held it when it was killed. Says where it lies. */
export function leaveHolder(
  stateDir: string,
  holder: Pick<Holder, 'pid' | 'key' | 'mode' | 'what'> & Partial<Pick<Holder, 'subject'>>,
): string {
  const file = join(stateDir, 'locks', 'other.json')
  const since = new Date().toISOString()
  writeFileSync(file, JSON.stringify({subject: {}, ...holder, host: hostname(), started: '', since}))
  return file
}
