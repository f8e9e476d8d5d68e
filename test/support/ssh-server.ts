import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {connect, createServer, type AddressInfo, type Socket} from 'node:net'

import {setTimeout as sleep} from 'node:timers/promises'

import ssh2, {type Connection, type ServerChannel} from 'ssh2'

import {newKeyPair, type KeyPair} from '../../src/transports/ssh/key-pair.js'

const {Server} = ssh2

/** A new key, locked where there is a passphrase. */
export const newKey = (passphrase?: string): KeyPair =>
  newKeyPair(passphrase === undefined ? undefined : {passphrase, cipher: 'aes256-ctr', rounds: 1})

export interface ServerOptions {
  readonly hostKey?: KeyPair
  /** Default: any that is free. */
  readonly port?: number
  /** Public keys that may log in. */
  readonly users: readonly string[]
  /** What the login shell of every user is. `-c` and a line follow. Default: `sh`. */
  readonly shell?: readonly [string, ...string[]]
  readonly env?: NodeJS.ProcessEnv
  /** What is done with a command instead of running it. */
  readonly answer?: (channel: ServerChannel, command: string) => void
  /** Is told of every session that is asked for, the first being 1, and whether it is to get no answer, ever. */
  readonly ignore?: (session: number) => boolean
  /** Whether whoever wants to go through it gets no answer, ever. */
  readonly ignoreForwards?: boolean
  /** Sessions that one connection may have at a time. */
  readonly maxSessions?: number
}

/** The real protocol in this process, with commands run by a local shell. */
export interface TestServer {
  readonly port: number
  readonly hostKey: KeyPair
  /** How often somebody has offered a credential. */
  readonly offers: () => number
  readonly connections: () => number
  /** How often somebody went through this host to another. */
  readonly forwards: () => number
  /** Whether everybody has gone within a second. */
  readonly quiet: () => Promise<boolean>
  /** Breaks all connections. */
  readonly cut: () => void
  /** Breaks the connection over which so many bytes have gone, as often as that. */
  readonly cutAfter: (bytes: number, times: number) => void
  /** Bytes that have gone over all connections so far, both ways. */
  readonly moved: () => number
  readonly close: () => Promise<void>
}

export async function startServer(options: ServerOptions): Promise<TestServer> {
  const hostKey = options.hostKey ?? newKey()
  const clients = new Set<Connection>()
  let offers = 0
  let connections = 0
  let forwards = 0
  const server = new Server({hostKeys: [hostKey.private]}, client => {
    clients.add(client)
    connections += 1
    client.on('error', () => undefined).on('close', () => clients.delete(client))
    client.on('authentication', context => {
      if (context.method !== 'publickey') return context.reject(['publickey'])
      offers += 1
      const offered = `${context.key.algo} ${context.key.data.toString('base64')}`
      if (options.users.some(user => user.startsWith(offered))) context.accept()
      else context.reject(['publickey'])
    })
    client.on('ready', () => serve(client, options))
    client.on('tcpip', (accept, reject, {destIP, destPort}) => {
      forwards += 1
      if (options.ignoreForwards === true) return
      const socket = connect(destPort, destIP, () => {
        const channel = accept()
        channel.on('error', () => undefined)
        channel.pipe(socket).pipe(channel)
      })
      // Later failures end what was accepted; to refuse that any more would do nothing.
      socket.on('error', () => reject())
    })
  })
  // Ours listens, because ssh2's own would hold small messages back.
  let limit = {bytes: 0, times: 0}
  const open = new Set<Socket>()
  let gone = 0
  const bytesOf = ({bytesRead, bytesWritten}: Socket): number => bytesRead + bytesWritten
  const listener = createServer({noDelay: true}, socket => {
    open.add(socket)
    const timer = setInterval(() => {
      if (limit.times === 0 || bytesOf(socket) < limit.bytes) return
      limit = {...limit, times: limit.times - 1}
      socket.destroy()
    }, 1)
    socket.once('close', () => {
      clearInterval(timer)
      open.delete(socket)
      gone += bytesOf(socket)
    })
    server.injectSocket(socket)
  })
  listener.listen(options.port ?? 0, '127.0.0.1')
  await once(listener, 'listening')
  const cut = (): void => {
    for (const client of clients) client.end()
  }

  return {
    port: (listener.address() as AddressInfo).port,
    hostKey,
    offers: () => offers,
    connections: () => connections,
    forwards: () => forwards,
    quiet: async () => {
      for (let patience = 0; patience < 50 && clients.size > 0; patience++) await sleep(20)
      return clients.size === 0
    },
    cut,
    cutAfter: (bytes, times) => (limit = {bytes, times}),
    moved: () => [...open].reduce((sum, socket) => sum + bytesOf(socket), gone),
    close: async () => {
      cut()
      await new Promise<void>(resolve => listener.close(() => resolve()))
    },
  }
}

function serve(client: Connection, options: ServerOptions): void {
  const {shell = ['sh'], env = process.env, maxSessions = 10, answer, ignore} = options
  let sessions = 0
  let asked = 0
  client.on('session', (accept, reject) => {
    asked += 1
    if (ignore?.(asked) === true) return
    if (sessions >= maxSessions) return reject()
    sessions += 1
    const session = accept()
    session.on('close', () => (sessions -= 1))
    session.on('exec', (acceptExec, _, {command}) => {
      const channel = acceptExec()
      if (answer === undefined) run(channel, [...shell, '-c', command], env)
      else answer(channel, command)
    })
  })
}

function run(channel: ServerChannel, [program = 'sh', ...args]: readonly string[], env: NodeJS.ProcessEnv): void {
  const child = spawn(program, args, {env, detached: true, stdio: 'pipe'})
  child.stdin.on('error', () => undefined)
  channel.on('error', () => undefined)
  channel.pipe(child.stdin)
  child.stdout.pipe(channel, {end: false})
  child.stderr.pipe(channel.stderr as NodeJS.WritableStream, {end: false})
  // Like sshd: whoever is gone is not read from and not written to any more.
  channel.on('close', () => {
    child.stdin.destroy()
    child.stdout.destroy()
    child.stderr.destroy()
  })
  child.on('close', (code, signal) => {
    if (signal === null) channel.exit(code ?? 0)
    else channel.exit(signal.slice(3), false, '')
    channel.end()
  })
}
