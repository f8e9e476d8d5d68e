import {join} from 'node:path'

import {measure} from '../measure.js'
import {row} from '../report.js'

/** The first checkpoint of a workspace, against the fastest way to put the same tree into one file. */
export const create = {
  name: 'create',
  measure: async round => {
    const before = round.stored()
    const {ours, theirs} = await round.pair(
      () => round.crabbox('checkpoint', 'create', '--id', round.lease.slug, '--name', 'first', '--json'),
      () =>
        measure('sh', ['-c', 'tar -cf - . | zstd -q -1 -T0 > "$1"', 'sh', join(round.dir, 'peer.tar.zst')], {
          cwd: round.lease.workdir,
        }),
    )
    round.first = {id: ours.answer.id, seconds: ours.seconds, bytes: round.stored() - before}
    return {ours: ours.seconds, theirs: theirs.seconds}
  },
  rows: samples => [
    row({
      name: 'create',
      what: 'first create / tar | zstd -1 -T0 > file',
      unit: 'seconds',
      ours: samples.map(({ours}) => ours),
      theirs: samples.map(({theirs}) => theirs),
      target: 1.5,
    }),
  ],
}
