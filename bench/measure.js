import {spawn, spawnSync} from 'node:child_process'

import {watchMemory} from './memory.js'

/**
 * Runs a program to its end and answers with its wall time in seconds, its standard output and its peak memory.
 * What earlier steps left to write is written before the clock starts.
 */
export async function measure(program, args, options = {}) {
  spawnSync('sync')
  const start = performance.now()
  const child = spawn(program, args, {...options, stdio: ['ignore', 'pipe', 'pipe']})
  const memory = watchMemory(child.pid)
  const output = {stdout: [], stderr: []}
  child.stdout.on('data', chunk => output.stdout.push(chunk))
  child.stderr.on('data', chunk => output.stderr.push(chunk))
  const status = await new Promise((resolve, reject) =>
    child.once('error', reject).once('close', (code, signal) => resolve(code ?? signal)),
  )
  const seconds = (performance.now() - start) / 1000
  const peak = memory.stop()
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${status}\n${Buffer.concat(output.stderr)}`)
  return {seconds, peak, stdout: Buffer.concat(output.stdout).toString()}
}
