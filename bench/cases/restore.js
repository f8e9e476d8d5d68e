import {join} from 'node:path'

import {measure} from '../measure.js'
import {row} from '../report.js'
import {assertRestored, edit} from '../round.js'

/** A restore that undoes a one-file edit, against rsync from a copy after the same edit. */
export const restore = {
  name: 'restore',
  measure: async round => {
    const copy = round.copy ?? (await copyTree(round))
    edit(round.lease.workdir)
    edit(copy)
    const {ours, theirs} = await round.pair(
      () => round.crabbox('checkpoint', 'restore', round.first.id, '--id', round.lease.slug, '--json'),
      () => measure('rsync', ['-a', '--delete', `${round.tree.dir}/`, `${copy}/`]),
    )
    assertRestored(round.tree, round.lease.workdir)
    assertRestored(round.tree, copy)
    return {ours: ours.seconds, theirs: theirs.seconds}
  },
  rows: samples => [
    row({
      name: 'restore',
      what: 'restore after a one-file edit / rsync -a --delete',
      unit: 'seconds',
      ours: samples.map(({ours}) => ours),
      theirs: samples.map(({theirs}) => theirs),
      target: 2,
    }),
  ],
}

async function copyTree(round) {
  const copy = join(round.dir, 'copy')
  await measure('cp', ['-a', round.tree.dir, copy])
  return copy
}
