import {join} from 'node:path'

import type {Checkpoint} from '../../../src/core/checkpoint.js'
import type {Lease} from '../../../src/core/lease.js'
import type {Lab} from './cli.js'
import {sh} from './shell.js'

/** A lease's content at two checkpoints, each with an exact copy. */
export interface TwoTrees {
  readonly a: Checkpoint
  readonly b: Checkpoint
  readonly treeA: string
  readonly treeB: string
}

const FIRST = `mkdir -p "$1" && cd "$1" && for d in $(seq "$2"); do mkdir d$d; for f in $(seq "$2"); do echo "$d $f" > d$d/f$f; done; done
head -c "$3" /dev/urandom > blob`
const SECOND = 'cd "$1"; rm -rf d7; echo changed > d1/f1; echo new > new; head -c "$2" /dev/urandom > d2/big'
const COPY = 'cp -a "$1" "$2"'

/**
 * Fills a lease, saves it, changes it and saves it again.
 * @param size how many directories, with as many files in each; bytes of a large file at first, and of one that comes later
 */
export async function makeTwoTrees(
  lab: Lab,
  {slug, workdir}: Lease,
  {count, blob, big}: {readonly count: number; readonly blob: number; readonly big: number},
): Promise<TwoTrees> {
  const [treeA, treeB] = [join(lab.dir, 'a'), join(lab.dir, 'b')]
  sh(FIRST, workdir, String(count), String(blob))
  const a = await lab.json<Checkpoint>('checkpoint', 'create', '--id', slug)
  sh(COPY, workdir, treeA)
  sh(SECOND, workdir, String(big))
  const b = await lab.json<Checkpoint>('checkpoint', 'create', '--id', slug)
  sh(COPY, workdir, treeB)
  return {a, b, treeA, treeB}
}
