import {MessageChannel} from 'node:worker_threads'

/** Node cuts small buffers out of a larger piece of memory, of `Buffer.poolSize` or this. */
const MAY_BE_SHARED = 1 << 14

/** What is sent to a port that is closed is gone at once. */
const {port1: nowhere, port2: closed} = new MessageChannel()
closed.close()
nowhere.unref()

/**
 * Gives memory back that nobody looks at any more: these bytes, and all others that lie in the same. Left to the garbage collector it is
 * what makes that run: every few dozen megabytes it looks through all objects of a command, which takes longer than to unpack the
 * megabytes.
 */
export function release({buffer}: Buffer): void {
  if (buffer.byteLength <= Math.max(MAY_BE_SHARED, Buffer.poolSize)) return
  const memory = buffer as ArrayBuffer & {readonly transfer?: (bytes: number) => ArrayBuffer}
  // Node has `transfer` from version 22 on.
  if (memory.transfer === undefined) nowhere.postMessage(null, [memory])
  else memory.transfer(0)
}

/** The same for a piece of a stream, where it has memory of its own. */
export function releasePiece(piece: Buffer): void {
  if (piece.length === piece.buffer.byteLength) release(piece)
}
