import {randomBytes} from 'node:crypto'

import type {ClientChannel} from 'ssh2'

import {reasonOf} from '../../core/errors.js'
import {bootLine} from './boot.js'
import {endingOf} from './ending.js'
import {connectionLost, shellUnusable} from './failures.js'
import type {Gate} from './gate.js'
import {inTime} from './in-time.js'
import {MarkMissing, skipTo} from './skip-to.js'

/** A shell on the host that waits for its command, past everything that a profile has printed. */
export interface Shell {
  readonly channel: ClientChannel
  /** Of the shell, and so of the command that takes its place. */
  readonly pid: string
}

export interface ShellSource {
  readonly target: string
  readonly gate: Gate
  readonly open: (line: string) => Promise<ClientChannel>
  readonly failure: () => Error | null
  readonly closed: () => boolean
  /** Gives up the connection to a host of which no shell comes to our commands. */
  readonly abandon: () => void
  /** Milliseconds that a profile may take. One that waits for an answer would wait for ever. */
  readonly patience: number
  /** Whether it pays to have many ready, and nobody needs the room. */
  readonly wantsMany: () => Promise<boolean>
}

/**
 * Shells that are made ready ahead: with some profiles a login takes longer than most of our commands. The first commands follow each other
 * closely. A distant host takes two round trips to make one ready, and many commands no more than one.
 */
const SPARES = {first: 2, later: 1, many: 3}

/** Where commands get their shells from. */
export interface Shells {
  /**
   * Hands out a shell that is ready, or will be.
   * @throws {CrabboxError} `HOST_SHELL_UNUSABLE`, `CONNECTION_LOST`
   */
  readonly take: () => Promise<Shell>
  /** Closes those that are ready: somebody may need the room. */
  readonly drop: () => void
}

/** The shells of a connection; the first are begun at once. */
export function shells(source: ShellSource): Shells {
  const spares: Promise<Shell>[] = []
  let proven = false
  const begin = async (enter = source.gate.enter): Promise<Shell> => {
    const shell = await boot({...source, gate: {...source.gate, enter}})
    proven = true
    return shell
  }

  const prepare = (wanted: number): void => {
    if (spares.length >= wanted || !source.gate.hasRoom() || source.closed()) return
    // A server that has no room for it is not asked again: others may need the room.
    const next = begin(source.gate.tryOnce)
    // One that ends while it waits is of no use to anybody.
    const forget = (): void => {
      const place = spares.indexOf(next)
      if (place !== -1) void spares.splice(place, 1)
    }

    spares.push(next)
    next.then(({channel}) => endingOf(channel).then(forget), forget)
    prepare(wanted)
  }

  const come = async (spare?: Promise<Shell>): Promise<Shell> => {
    try {
      return await (spare ?? begin())
    } catch (error) {
      // Where one has come, the host may be busy with what that one does.
      if (error instanceof Late && !proven) source.abandon()
      // A spare may have ended, or had no room, for reasons that are over.
      if (spare !== undefined && !source.closed()) return come()
      throw error instanceof Late ? shellUnusable(source.target, LATE) : error
    }
  }

  prepare(SPARES.first)
  return {
    take: async () => {
      const shell = await come(spares.shift())
      prepare((await source.wantsMany()) ? SPARES.many : SPARES.later)
      return shell
    },
    drop: () => {
      for (const spare of spares.splice(0))
        spare.then(
          ({channel}) => close(channel),
          () => undefined,
        )
    },
  }
}

/** What is not read to its end is never said to have ended. */
function close(channel: ClientChannel): void {
  channel.resume().stderr.resume()
  channel.close()
}

/** A shell that does not come to our command. */
class Late extends Error {}

const LATE = 'it does not come to our command; does a profile wait for input?'

async function boot({target, gate, open, failure, closed, patience}: ShellSource): Promise<Shell> {
  const mark = `crabbox-${randomBytes(8).toString('hex')}`
  const channel = await gate.enter(() => open(bootLine(mark)))
  // A command may end before it has read all its input; its exit code tells more than the broken pipe.
  channel.on('error', () => undefined)
  try {
    const [pid] = await inTime(
      Promise.all([skipTo(mark, channel), skipTo(mark, channel.stderr)]),
      patience,
      () => new Late(),
    )
    return {channel, pid}
  } catch (error) {
    close(channel)
    if (error instanceof Late) throw error
    if (closed()) throw connectionLost(target, failure())
    throw shellUnusable(target, error instanceof MarkMissing ? error.noise : reasonOf(error))
  }
}
