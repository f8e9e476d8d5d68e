import type {Duplex} from 'node:stream'
import {setTimeout as sleep} from 'node:timers/promises'

import type {ClientChannel, PseudoTtyOptions} from 'ssh2'

import {connectionEnded, endingOf} from './ending.js'
import {connectionLost, sessionRefused} from './failures.js'
import {firstAnswer} from './first-answer.js'
import {openGate} from './gate.js'
import {lifeline, type Lifeline} from './lifeline.js'
import {logIn, type LoginOptions} from './log-in.js'
import {shells, type Shell} from './shells.js'

export interface ConnectionOptions extends LoginOptions {
  /** True where the host let us in a moment ago, and gave no shell. Default: false. */
  readonly silent?: boolean | undefined
}

/** An authenticated connection to one host. */
export interface Connection {
  /** `user@host:port`, for people. */
  readonly target: string
  /** A shell that waits for its command. */
  readonly shell: () => Promise<Shell>
  /** Runs a line in the user's login shell, on a terminal. Waits while the server bears no more channels. */
  readonly exec: (line: string, pty: PseudoTtyOptions | undefined) => Promise<ClientChannel>
  readonly lifeline: Lifeline
  /** Whether answers take long. */
  readonly distant: () => Promise<boolean>
  /** Opens a way to another host, seen from this one. */
  readonly tunnel: (host: string, port: number) => Promise<Duplex>
  /** Why the connection was lost; null while it is not, or when nobody said. */
  readonly failure: () => Error | null
  readonly closed: () => boolean
  readonly close: () => void
  /** Ends it without a word: for a host that does not answer. */
  readonly abandon: () => void
  readonly abandoned: () => boolean
}

/**
 * Milliseconds that a host which has let us in gets to open its first channel, and a shell of its to come to our command: a profile may take
 * its time. And those of one that has just let them pass.
 */
const PATIENCE = {first: 30_000, again: 3000}

/** Milliseconds that a host gets to end shells that are not needed. */
const ROOM = 300

/** Logs in to a host, and opens what commands need there. Throws what `logIn` throws. */
export async function openConnection(options: ConnectionOptions, signal: AbortSignal): Promise<Connection> {
  const {ssh, client, target, took} = await logIn(options, signal)
  let failure: Error | null = null
  let abandoned = false
  client.on('error', error => (failure ??= error))
  const channels = new Set<ClientChannel>()
  client.once('close', () => channels.forEach(connectionEnded))
  const closed = (): boolean => abandoned || failure !== null || ssh.connection === null
  const abandon = (): void => {
    abandoned = true
    client.destroy()
  }
  const patience = options.silent === true ? PATIENCE.again : PATIENCE.first
  const answer = firstAnswer(
    why => {
      failure ??= new Error(why)
      abandon()
      return connectionLost(target, failure)
    },
    took,
    patience,
  )
  const ask = (line: string, pty?: PseudoTtyOptions): Promise<ClientChannel> =>
    new Promise((resolve, reject) => {
      if (closed()) reject(connectionLost(target, failure))
      else
        client.exec(line, pty === undefined ? {} : {pty}, (error, channel) => {
          if (error !== undefined) {
            reject(closed() ? connectionLost(target, failure) : sessionRefused(target, error))
            return
          }

          channels.add(channel)
          void endingOf(channel).then(() => channels.delete(channel))
          resolve(channel)
        })
    })
  const open = (line: string, pty?: PseudoTtyOptions): Promise<ClientChannel> => answer.wait(ask(line, pty))
  const line = lifeline(text =>
    open(text).catch(async (error: unknown) => {
      if (closed()) throw error
      // Shells that only wait may have taken its place.
      spares.drop()
      await sleep(ROOM, undefined, {ref: false})
      return open(text)
    }),
  )
  const gate = openGate(line.giveUp, isDropbear(client))
  // What ends commands whose client is gone needs a channel of its own, and comes first.
  const wantsMany = async (): Promise<boolean> => line.isOpen() && (await answer.distant())
  const spares = shells({target, gate, open, closed, abandon, patience, failure: () => failure, wantsMany})
  return {
    target,
    shell: spares.take,
    exec: (line, pty) => {
      spares.drop()
      return gate.enter(() => open(line, pty))
    },
    lifeline: line,
    distant: answer.distant,
    tunnel: (to, at) => answer.wait(ssh.forwardOut('127.0.0.1', 0, to, at)),
    failure: () => failure,
    closed,
    close: () => ssh.dispose(),
    abandon,
    abandoned: () => abandoned,
  }
}

/**
 * Dropbear 2022.83 at times ends a connection on which one session is opened while another closes: its assertion `!sent_close` fails. ssh2 has
 * no public word for what the server calls itself; where this one is gone, nothing but that remains.
 */
const isDropbear = (client: object): boolean => String(Reflect.get(client, '_remoteVer')).startsWith('dropbear')
