import {spawn, type ChildProcess} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {open, rm, unlink, writeFile} from 'node:fs/promises'
import {availableParallelism} from 'node:os'
import type {Socket} from 'node:net'
import {join} from 'node:path'
import {createInterface, type Interface} from 'node:readline'

/** Makes one buffer of another. */
export type Convert = (input: Buffer) => Promise<Buffer>

/** Runs a filter program over buffers, several at a time. */
export interface FilterPool {
  /** Rejects with what the program said; with the code `ENOSPC` where the disk was full. */
  readonly run: Convert
  /** Ends the programs and removes their files. Safe to call twice. */
  readonly close: () => Promise<void>
}

/** POSIX counts the size of a file in blocks of this many bytes. */
const ULIMIT_BLOCK = 512

interface Worker {
  /** Whether its shell has ended, and answers nobody any more. */
  dead: boolean
  readonly shell: ChildProcess
  readonly answers: Interface
  readonly files: {readonly input: string; readonly output: string}
}

/**
 * Filter programs that get their input in a file and leave their output in one, started by shells that live as long as the
 * pool. Starting a child from Node stops its main thread for ten milliseconds, and moving eight megabytes through a child's
 * sockets takes a hundred system calls there; a shell starts one in a millisecond, and files are read on other threads. A file is removed as
 * soon as it was read: ext4 and others write a file out at once that was cut to nothing and filled again, and forget one that is gone.
 * @param outputLimit bytes past which a program is killed: a few bytes of input may unpack to more than the disk holds
 */
export function filterPool(
  program: string,
  args: readonly string[],
  directory: string,
  outputLimit = Number.POSITIVE_INFINITY,
): FilterPool {
  const idle: Worker[] = []
  const waiting: ((worker: Worker) => void)[] = []
  const all: Worker[] = []
  const start = (): Worker => {
    const worker = startWorker(program, args, directory, outputLimit)
    all.push(worker)
    return worker
  }

  const take = async (): Promise<Worker> => {
    for (let free = idle.pop(); free !== undefined; free = idle.pop()) if (!free.dead) return holding(free, true)
    const living = all.filter(({dead}) => !dead).length
    return living < availableParallelism() ? start() : new Promise(resolve => waiting.push(resolve))
  }

  const give = (worker: Worker): void => {
    const next = waiting.shift()
    if (next !== undefined) next(worker.dead ? start() : worker)
    else if (!worker.dead) idle.push(holding(worker, false))
  }

  let closed = false
  const work: Convert = async input => {
    // Whoever reads ahead may come late, and what is started then would be ended by nobody.
    if (closed) throw new Error(`${program} is not used any more`)
    const worker = await take()
    try {
      await convert(worker, program, input)
      return await readOutput(worker.files.output)
    } finally {
      give(worker)
    }
  }

  const running = new Set<Promise<Buffer>>()
  const run: Convert = input => {
    const result = work(input)
    running.add(result)
    const done = (): void => void running.delete(result)
    result.then(done, done)
    return result
  }

  const close = async (): Promise<void> => {
    closed = true
    // What is still at work would write its file anew after it was removed.
    await Promise.allSettled(running)
    await Promise.all(all.splice(0).map(stopWorker))
  }

  return {run, close}
}

// One line in: the input is ready. One line out: the exit code of the program and what it complained of. Complaints come
// through the shell, not through a file: the disk may be full.
const LOOP = `umask 077
if [ -n "$BLOCKS" ]; then ulimit -f "$BLOCKS"; fi
while read -r _; do
  errors=$("$0" "$@" < "$INPUT" 2>&1 > "$OUTPUT")
  status=$?
  if [ -n "$errors" ]; then errors=$(printf %s "$errors" | tr '\\n' ' '); fi
  echo "$status $errors"
done`

function startWorker(program: string, args: readonly string[], directory: string, outputLimit: number): Worker {
  // The name tells whose file it is, so that a killed process's files are removed by the next command.
  const base = join(directory, `.scratch-${process.pid}-${randomBytes(6).toString('hex')}`)
  const files = {input: `${base}.in`, output: `${base}.out`}
  const BLOCKS = Number.isFinite(outputLimit) ? String(Math.ceil(outputLimit / ULIMIT_BLOCK)) : ''
  const env = {...process.env, INPUT: files.input, OUTPUT: files.output, BLOCKS}
  // A group of its own keeps a Ctrl-C for Node alone, which ends the shell by closing its input.
  const shell = spawn('sh', ['-c', LOOP, program, ...args], {stdio: ['pipe', 'pipe', 'ignore'], env, detached: true})
  shell.on('error', () => undefined)
  shell.stdin.on('error', () => undefined)
  const worker = {shell, answers: createInterface({input: shell.stdout}), files, dead: false}
  worker.answers.once('close', () => (worker.dead = true))
  return worker
}

/** Whether a worker keeps this process from ending: not while it has nothing to do, whoever forgot to close its pool. */
function holding(worker: Worker, busy: boolean): Worker {
  const {shell} = worker
  for (const handle of [shell, shell.stdin, shell.stdout] as readonly (Partial<Socket> | null)[])
    if (busy) handle?.ref?.()
    else handle?.unref?.()
  return worker
}

async function readOutput(path: string): Promise<Buffer> {
  await using file = await open(path)
  await unlink(path)
  return await file.readFile()
}

async function convert(worker: Worker, program: string, input: Buffer): Promise<void> {
  const {shell, answers, files} = worker
  await writeFile(files.input, input, {mode: 0o600})
  // What has been said already is not said again.
  if (worker.dead) throw new Error(`${program} failed: its shell ended`)
  const answer = new Promise<string>(resolve => {
    const settle = (line: string): void => {
      answers.off('line', settle).off('close', onClose)
      resolve(line)
    }
    const onClose = (): void => settle('the shell ended')
    answers.on('line', settle).on('close', onClose)
  })
  shell.stdin?.write('\n')
  const [code, ...errors] = (await answer).split(' ')
  await unlink(files.input)
  if (code === '0') return
  const failure = new Error(`${program} failed: ${errors.join(' ').trim() || code}`)
  // Said as the file system says it, so that a full disk is told from damaged data.
  throw failure.message.includes('No space left on device') ? Object.assign(failure, {code: 'ENOSPC'}) : failure
}

async function stopWorker({shell, files}: Worker): Promise<void> {
  shell.stdin?.end()
  await Promise.all(Object.values(files).map(file => rm(file, {force: true})))
}
