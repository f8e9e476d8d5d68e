import {row} from '../report.js'
import {renew} from '../round.js'

/** A checkpoint after every file was made anew with the same content, as a second `npm ci` does, against the first one. */
export const renewed = {
  name: 'renewed',
  measure: async round => {
    await renew(round.tree, round.lease.workdir)
    const before = round.stored()
    const {seconds} = await round.crabbox('checkpoint', 'create', '--id', round.lease.slug, '--name', 'third', '--json')
    return {seconds, bytes: round.stored() - before, first: round.first}
  },
  rows: samples => [
    row({
      name: 'renewed time',
      what: 'create after every file was made anew / first create',
      unit: 'seconds',
      ours: samples.map(({seconds}) => seconds),
      theirs: samples.map(({first}) => first.seconds),
      target: 1,
    }),
    row({
      name: 'renewed bytes',
      what: 'bytes stored by it / by the first create',
      unit: 'bytes',
      ours: samples.map(({bytes}) => bytes),
      theirs: samples.map(({first}) => first.bytes),
      target: 0.05,
    }),
  ],
}
