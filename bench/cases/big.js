import {randomFillSync} from 'node:crypto'
import {appendFileSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {openSandbox} from '../sandbox.js'
import {prepareTree} from '../tree.js'
import {memoryRows} from './memory.js'

const MB = 1024 * 1024

/** 5 GB in files of several sizes. */
const SHAPE = [
  {count: 2, size: 1024 * MB},
  {count: 20, size: 100 * MB},
  {count: 1000, size: MB},
  {count: 8000, size: 16 * 1024},
]

/** Peak memory on a workspace of 5 GB that does not compress: it must not grow with the data. */
export async function big({wants}) {
  if (!wants('big')) return []
  const sandbox = openSandbox('big', prepareTree().dir)
  const {lease} = await sandbox.openLease('warmup')
  console.error('big: writing 5 GB')
  fill(lease.workdir)
  const steps = []
  const step = async (what, run) => {
    const result = await run()
    console.error(`big: ${what} took ${result.seconds.toFixed(1)} s`)
    steps.push(result)
    return result
  }

  const create = name => sandbox.crabbox('checkpoint', 'create', '--id', lease.slug, '--name', name, '--json')
  const first = await step('create', () => create('first'))
  appendFileSync(join(lease.workdir, 'size-1048576', '0'), 'edited')
  await step('create after an edit', () => create('second'))
  await step('restore', () => sandbox.crabbox('checkpoint', 'restore', first.answer.id, '--id', lease.slug, '--json'))
  await step('fork', () => sandbox.crabbox('checkpoint', 'fork', first.answer.id, '--json'))
  sandbox.close()
  return memoryRows(sandbox.peaks, '5 GB')
}

function fill(workdir) {
  const noise = randomFillSync(Buffer.alloc(4 * MB))
  for (const {count, size} of SHAPE) {
    const dir = join(workdir, `size-${size}`)
    mkdirSync(dir)
    for (let index = 0; index < count; index++) writeNoise(join(dir, String(index)), size, noise)
  }
}

/** Writes pieces of the noise, each changed a little, so that no file and no part of one is like another. */
function writeNoise(file, size, noise) {
  writeFileSync(file, '')
  for (let left = size; left > 0; left -= noise.length) {
    for (let at = 0; at < noise.length; at += 512) randomFillSync(noise, at, 16)
    appendFileSync(file, noise.subarray(0, Math.min(left, noise.length)))
  }
}
