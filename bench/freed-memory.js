import {spawnSync} from 'node:child_process'
import {freemem} from 'node:os'
import process from 'node:process'

const FILL =
  'for (const all = [], left = {bytes: Number(process.argv[1])}; left.bytes > 0; left.bytes -= 1e9) all.push(Buffer.alloc(Math.min(left.bytes, 1e9), 1))'

/**
 * Fills as much memory as a step is going to, and frees it. A virtual machine may have lent what was free to others, and the first to fill it
 * again would wait for the machine beneath: 1.5 ms a megabyte were seen, more than all that is measured. No more than half of what is free.
 * @param bytes how much it is going to fill
 */
export function freeMemory(bytes) {
  spawnSync(process.execPath, ['-e', FILL, String(Math.min(bytes, Math.floor(freemem() / 2)))])
}
