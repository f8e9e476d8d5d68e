import {join} from 'node:path'

import {measure} from '../measure.js'
import {row} from '../report.js'
import {assertRestored} from '../round.js'

/** A fork, against a plain copy of the tree. */
export const fork = {
  name: 'fork',
  measure: async round => {
    const copy = join(round.dir, 'copy')
    const {ours, theirs} = await round.pair(
      () => round.openLease('checkpoint', 'fork', round.first.id),
      () => measure('cp', ['-a', round.tree.dir, copy]),
    )
    assertRestored(round.tree, ours.lease.workdir)
    round.copy = copy
    await round.crabbox('stop', '--id', ours.lease.slug)
    return {ours: ours.seconds, theirs: theirs.seconds}
  },
  rows: samples => [
    row({
      name: 'fork',
      what: 'fork / cp -a',
      unit: 'seconds',
      ours: samples.map(({ours}) => ours),
      theirs: samples.map(({theirs}) => theirs),
      target: 1.5,
    }),
  ],
}
