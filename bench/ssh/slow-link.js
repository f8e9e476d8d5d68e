// A link of 100 Mbit/s with 20 ms between two bytes and their answer: node slow-link.js FROM-PORT TO-PORT
import {connect, createServer} from 'node:net'
import process from 'node:process'
import {Transform} from 'node:stream'

const BYTES_PER_MS = 100e6 / 8 / 1000
const ONE_WAY = 10
const [from, to] = process.argv.slice(2).map(Number)

/** Holds every chunk back until it has crossed the link: it waits for those before it, then travels. Order stays. */
function link() {
  const travelling = []
  let free = 0
  let ended = null
  const arrive = () => {
    while (travelling[0]?.at <= performance.now()) stream.push(travelling.shift().chunk)
    if (travelling.length > 0) setTimeout(arrive, travelling[0].at - performance.now())
    else ended?.()
  }
  const stream = new Transform({
    highWaterMark: 256 * 1024,
    transform(chunk, _, done) {
      const now = performance.now()
      free = Math.max(now, free) + chunk.length / BYTES_PER_MS
      travelling.push({chunk, at: free + ONE_WAY})
      if (travelling.length === 1) setTimeout(arrive, free + ONE_WAY - now)
      // The sender may go on as soon as the chunk has left, not when it has arrived.
      setTimeout(done, free - now)
    },
    flush(done) {
      ended = done
      if (travelling.length === 0) done()
    },
  })
  return stream
}

createServer({noDelay: true}, client => {
  const server = connect({port: to, host: '127.0.0.1', noDelay: true})
  for (const [one, other] of [
    [client, server],
    [server, client],
  ]) {
    one.on('error', () => other.destroy())
    one.pipe(link()).pipe(other)
  }
}).listen(from, '127.0.0.1')
