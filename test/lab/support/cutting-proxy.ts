import {connect, createServer, type AddressInfo, type Socket} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'

export type Side = 'client' | 'server'

/** What happens to the connections from now on. Bytes are counted over all of them together. */
export interface Plan {
  /** After so many bytes from one side all is cut, and whoever comes then is cut at once. */
  readonly cut?: {readonly from: Side; readonly after: number}
  /** After so many bytes from either side nothing is passed on any more; connections stay open. */
  readonly stallAfter?: number
  /** Bytes a second in each direction. Default: as fast as can be. */
  readonly rate?: number
  /** Milliseconds by which each piece is held back. Default: none. */
  readonly delay?: number
}

/** A network between a client and a server on this machine that can be made bad. */
export interface CuttingProxy {
  readonly port: number
  /** Ends what there is, and begins to count anew. */
  readonly follow: (plan: Plan) => void
  /** Bytes that came from each side under the present plan. */
  readonly carried: () => Readonly<Record<Side, number>>
  readonly close: () => Promise<void>
}

export async function startProxy(to: number): Promise<CuttingProxy> {
  let plan: Plan = {}
  let carried = {client: 0, server: 0}
  const sockets = new Set<Socket>()
  const end = (): void => sockets.forEach(socket => socket.destroy())
  const server = createServer(client => {
    const upstream = connect(to, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    }

    if (isOver()) end()
    void pass('client', client, upstream)
    void pass('server', upstream, client)
  })

  const isOver = (): boolean => plan.cut !== undefined && carried[plan.cut.from] >= plan.cut.after

  async function pass(side: Side, from: Socket, to: Socket): Promise<void> {
    const {cut, stallAfter = Infinity, rate, delay} = plan
    try {
      for await (const piece of from as AsyncIterable<Buffer>) {
        const room = cut?.from === side ? cut.after - carried[side] : Infinity
        const bytes = piece.subarray(0, room)
        carried[side] += bytes.length
        if (carried[side] >= stallAfter) await new Promise(() => undefined)
        if (delay !== undefined) await sleep(delay)
        if (rate !== undefined) await sleep((bytes.length / rate) * 1000)
        // What was let through arrives, and then nothing more.
        await new Promise<void>(resolve => void to.write(bytes, () => resolve()))
        if (isOver()) end()
      }
    } catch {
      // Both ends learn of it below.
    }

    to.destroySoon()
  }

  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    follow: next => {
      end()
      plan = next
      carried = {client: 0, server: 0}
    },
    carried: () => carried,
    close: async () => {
      end()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
