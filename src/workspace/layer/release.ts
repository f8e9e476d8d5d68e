import type {MessagePort} from 'node:worker_threads'

/** Node cuts small buffers out of a larger piece of memory, of `Buffer.poolSize` or this. */
const MAY_BE_SHARED = 1 << 14

let nowhere: MessagePort | undefined

/** What is sent to a port that is closed is gone at once. It takes two milliseconds to make, which not every command needs to wait for. */
function closedPort(): MessagePort {
  const {MessageChannel} = process.getBuiltinModule('node:worker_threads')
  const {port1, port2} = new MessageChannel()
  port2.close()
  port1.unref()
  return port1
}

/**
 * Gives memory back that nobody looks at any more: these bytes, and all others that lie in the same. Left to the garbage collector it is
 * what makes that run: every few dozen megabytes it looks through all objects of a command, which takes longer than to unpack the
 * megabytes.
 */
export function release({buffer}: Buffer): void {
  if (buffer.byteLength <= Math.max(MAY_BE_SHARED, Buffer.poolSize)) return
  const memory = buffer as ArrayBuffer & {readonly transfer?: (bytes: number) => ArrayBuffer}
  // Node has `transfer` from version 22 on.
  if (memory.transfer === undefined) (nowhere ??= closedPort()).postMessage(null, [memory])
  else memory.transfer(0)
}

/** The same for a piece of a stream, where it has memory of its own. */
export function releasePiece(piece: Buffer): void {
  if (piece.length === piece.buffer.byteLength) release(piece)
}
