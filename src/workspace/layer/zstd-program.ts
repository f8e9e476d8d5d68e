import {spawn} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {open, rm, type FileHandle} from 'node:fs/promises'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'

/** Two files without names: what a program reads and what it writes. */
interface Scratch {
  readonly input: FileHandle
  readonly output: FileHandle
}

/**
 * Runs a filter program over a buffer. Input and output pass through files, which costs Node a few system calls on other
 * threads; through the sockets of a child process it would be hundreds on the main one. The files have no names, so a
 * crash leaves none.
 * @throws {Error} with what the program said
 */
export async function runFilter(
  program: string,
  args: readonly string[],
  directory: string,
  input: Buffer,
): Promise<Buffer> {
  const scratch = await openScratch(directory)
  try {
    // Writes at a position leave the file's own offset where the program begins: at zero.
    for (let at = 0; at < input.length;)
      at += (await scratch.input.write(input, at, input.length - at, at)).bytesWritten
    await convert(program, args, scratch)
    return await readWhole(scratch.output)
  } finally {
    await Promise.all([scratch.input.close(), scratch.output.close()])
  }
}

async function convert(program: string, args: readonly string[], {input, output}: Scratch): Promise<void> {
  const child = spawn(program, args, {stdio: [input.fd, output.fd, 'pipe']})
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  const [errors, code] = await Promise.all([child.stderr === null ? '' : text(child.stderr), ended])
  if (code === 0) return
  const failure = new Error(`${program} failed: ${errors.trim() || `exit ${code}`}`)
  // Said as the file system says it, so that a full disk is told from damaged data.
  throw errors.includes('No space left on device') ? Object.assign(failure, {code: 'ENOSPC'}) : failure
}

async function openScratch(directory: string): Promise<Scratch> {
  const [input, output] = await Promise.all([openNameless(directory), openNameless(directory)])
  return {input, output}
}

async function openNameless(directory: string): Promise<FileHandle> {
  const path = join(directory, `.scratch-${process.pid}-${randomBytes(8).toString('hex')}`)
  const handle = await open(path, 'wx+', 0o600)
  await rm(path)
  return handle
}

async function readWhole(file: FileHandle): Promise<Buffer> {
  const {size} = await file.stat()
  const bytes = Buffer.allocUnsafe(size)
  for (let at = 0; at < size;) {
    const {bytesRead} = await file.read(bytes, at, size - at, at)
    if (bytesRead === 0) throw new Error('the output ended early')
    at += bytesRead
  }

  return bytes
}
