import children from 'node:child_process'
import promises from 'node:fs/promises'
import {syncBuiltinESMExports} from 'node:module'

/** What changes something on disk. */
const CHANGES = ['mkdir', 'open', 'rename', 'rm', 'rmdir', 'writeFile'] as const

/** Kills this process when it has changed files, or started programs that may, so many times; 0: never. */
export function dieAfter(changes: number): void {
  let left = changes
  const count = (): void => {
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
  }
  for (const name of CHANGES) {
    const original = promises[name] as (...args: unknown[]) => Promise<unknown>
    const counted = async (...args: unknown[]): Promise<unknown> => {
      const result = await original(...args)
      count()
      return result
    }

    Object.assign(promises, {[name]: counted})
  }

  const spawn = children.spawn as (...args: unknown[]) => unknown
  Object.assign(children, {
    spawn: (...args: unknown[]) => {
      const child = spawn(...args)
      count()
      return child
    },
  })
  syncBuiltinESMExports()
}
