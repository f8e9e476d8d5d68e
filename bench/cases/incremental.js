import {row} from '../report.js'
import {edit} from '../round.js'

/** A checkpoint after a one-file edit, against the first one: time, and all bytes that it added to the state directory. */
export const incremental = {
  name: 'incremental',
  measure: async round => {
    edit(round.lease.workdir)
    const before = round.stored()
    const {seconds} = await round.crabbox(
      'checkpoint',
      'create',
      '--id',
      round.lease.slug,
      '--name',
      'second',
      '--json',
    )
    return {seconds, bytes: round.stored() - before, first: round.first}
  },
  rows: samples => [
    row({
      name: 'incremental time',
      what: 'create after a one-file edit / first create',
      unit: 'seconds',
      ours: samples.map(({seconds}) => seconds),
      theirs: samples.map(({first}) => first.seconds),
      target: 0.25,
    }),
    row({
      name: 'incremental bytes',
      what: 'bytes stored by it / by the first create',
      unit: 'bytes',
      ours: samples.map(({bytes}) => bytes),
      theirs: samples.map(({first}) => first.bytes),
      target: 0.01,
    }),
  ],
}
