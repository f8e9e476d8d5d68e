import assert from 'node:assert/strict'
import {type ChildProcess, fork} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'

const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url))

/** Starts processes for tests, and kills those that are left after each. */
export function workers(): (job: string, ...args: string[]) => ChildProcess {
  const running = new Set<ChildProcess>()
  afterEach(() => Promise.all([...running].map(kill)))
  return (job, ...args) => {
    const child = fork(WORKER, [job, ...args])
    running.add(child)
    child.once('exit', () => running.delete(child))
    return child
  }
}

/** Waits until a process says that it holds what it was told to hold. */
export async function held(child: ChildProcess): Promise<ChildProcess> {
  const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[]
  assert.equal(message, 'held')
  return child
}

/** Waits for a process to end well. */
export async function ended(child: ChildProcess): Promise<void> {
  const [code] = (await once(child, 'exit')) as unknown[]
  assert.equal(code, 0)
}

/** Ends a process as `kill -9` does, and waits until it is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
