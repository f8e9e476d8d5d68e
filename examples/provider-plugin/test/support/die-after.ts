import promises from 'node:fs/promises'
import {syncBuiltinESMExports} from 'node:module'

/** What changes something on disk. */
const CHANGES = ['mkdir', 'open', 'rename', 'rm', 'rmdir', 'writeFile'] as const

/** Kills this process when it has changed files so many times; 0: never. */
export function dieAfter(changes: number): void {
  let left = changes
  for (const name of CHANGES) {
    const original = promises[name] as (...args: unknown[]) => Promise<unknown>
    const counted = async (...args: unknown[]): Promise<unknown> => {
      const result = await original(...args)
      left -= 1
      if (left === 0) process.kill(process.pid, 'SIGKILL')
      return result
    }

    Object.assign(promises, {[name]: counted})
  }

  syncBuiltinESMExports()
}
