import {fork, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {fileURLToPath} from 'node:url'

/** The program that does the jobs. */
export const JOBS = fileURLToPath(new URL('jobs.js', import.meta.url))

/** Starts a process that does one of the jobs. */
export const forkWorker = (job: string, ...args: readonly string[]): ChildProcess => fork(JOBS, [job, ...args])

/** Waits for the exit code or the signal. */
export async function ended(child: ChildProcess): Promise<number | string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode ?? child.signalCode ?? ''
}

/** Waits for the worker to say that it holds what it should. */
export async function held(child: ChildProcess): Promise<ChildProcess> {
  await once(child, 'message')
  return child
}

/** Kills as the kernel would when memory runs out. */
export async function killHard(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await ended(child)
}
