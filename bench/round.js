import {appendFileSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

import {measure} from './measure.js'
import {openSandbox} from './sandbox.js'

/** The file that every edit is made to: small, and deep in the tree. */
export const EDITED = join('node_modules', 'react', 'index.js')

/** A fresh Crabbox with one lease that holds the tree. */
export async function openRound(tree, index) {
  const sandbox = openSandbox('round', tree.dir)
  const {lease} = await sandbox.openLease('warmup')
  await measure('cp', ['-a', `${tree.dir}/.`, lease.workdir])
  return {
    ...sandbox,
    tree,
    lease,
    /** Set by the case `create`: the checkpoint, and the bytes that it took. */
    first: undefined,
    /** A copy of the tree, once there is one. */
    copy: undefined,
    /** Measures both, in turns first: what the one leaves in caches must not always help the other. */
    pair: async (ours, theirs) => {
      const order = index % 2 === 0 ? ['ours', 'theirs'] : ['theirs', 'ours']
      const result = {}
      for (const side of order) result[side] = await (side === 'ours' ? ours() : theirs())
      return result
    },
  }
}

export const edit = dir => appendFileSync(join(dir, EDITED), `// edited at ${performance.now()}\n`)

// What a package manager does: all files are there again, and none of them is the one that was.
const RENEW = 'cd "$2" && find . -mindepth 1 -delete && cp -R "$1/." .'

/** Makes every file of a directory anew, with the content of the tree. */
export const renew = (tree, dir) => measure('sh', ['-c', RENEW, 'sh', tree.dir, dir])

export function assertRestored(tree, dir) {
  if (!readFileSync(join(dir, EDITED)).equals(readFileSync(join(tree.dir, EDITED))))
    throw new Error(`${dir} was not restored`)
}
