import {setTimeout as sleep} from 'node:timers/promises'

import type {ClientChannel} from 'ssh2'

import {CrabboxError} from '../../core/errors.js'
import {endingOf} from './ending.js'

/** Channels that are open at the same time: servers refuse more than MaxSessions, which is 10 where nobody changed it. */
const LIMIT = 8

/** How often, and after how many milliseconds, a host is asked again that has nothing open and refuses. */
const PATIENCE = 20
const PAUSE = 50

/** Opens channels, as many at a time as the server bears. */
export interface Gate {
  /** Opens one, when there is room. What the server refuses is tried again when another has closed. */
  readonly enter: (open: () => Promise<ClientChannel>) => Promise<ClientChannel>
  /** Opens one at once, or not at all. */
  readonly tryOnce: Gate['enter']
  /** Whether there is room for more than is needed now: nobody waits, and the server has refused no channel yet. */
  readonly hasRoom: () => boolean
}

/**
 * @param onTight is told when the server bears fewer channels than are needed
 * @param frugal whether to have one channel at a time, and none before it is needed
 */
export function openGate(onTight: () => void, frugal: boolean): Gate {
  const limit = frugal ? 1 : LIMIT
  let opened = 0
  let tight = frugal
  const waiting: (() => void)[] = []
  const turn = (): Promise<void> => new Promise(resolve => waiting.push(resolve))
  const closed = (): void => {
    opened -= 1
    waiting.shift()?.()
  }

  const enter = async (open: () => Promise<ClientChannel>, patience: number): Promise<ClientChannel> => {
    while (opened >= limit) await turn()
    opened += 1
    try {
      const channel = await open()
      void endingOf(channel).then(closed)
      return channel
    } catch (error) {
      closed()
      const refused = refusalOf(error)
      if (refused === 'channel') {
        tight = true
        if (patience > 0) onTight()
      }

      if (refused === null || patience === 0) throw error
      // The server may still be at the end of the last one, of which we have heard already.
      const wait = refused === 'channel' && opened > 0
      await (wait ? turn() : sleep(PAUSE))
      return enter(open, wait ? patience : patience - 1)
    }
  }

  return {
    enter: open => enter(open, PATIENCE),
    tryOnce: open => enter(open, 0),
    hasRoom: () => !tight && opened < limit && waiting.length === 0,
  }
}

/**
 * What the server refused: a channel, for which RFC 4254 numbers the reasons, or a command in one that it had opened, which dropbear
 * does at times. Null: it refused nothing.
 */
function refusalOf(error: unknown): 'channel' | 'command' | null {
  if (!(error instanceof CrabboxError) || error.code !== 'HOST_SESSION_REFUSED') return null
  return error.cause instanceof Error && 'reason' in error.cause ? 'channel' : 'command'
}
