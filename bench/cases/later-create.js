import {row} from '../report.js'

/**
 * A checkpoint after something was done to the workdir, against the first one: time, and all bytes that it added to the state directory.
 * @param change what is done before
 * @param targets the most that time and bytes should be, as parts of the first
 */
export const laterCreate = ({name, checkpoint, what, change, targets}) => ({
  name,
  measure: async round => {
    await change(round)
    const before = round.stored()
    const create = ['checkpoint', 'create', '--id', round.lease.slug, '--name', checkpoint, '--json']
    const {seconds} = await round.crabbox(...create)
    return {seconds, bytes: round.stored() - before, first: round.first}
  },
  rows: samples => [
    row({
      name: `${name} time`,
      what: `${what} / first create`,
      unit: 'seconds',
      ours: samples.map(({seconds}) => seconds),
      theirs: samples.map(({first}) => first.seconds),
      target: targets.seconds,
    }),
    row({
      name: `${name} bytes`,
      what: 'bytes stored by it / by the first create',
      unit: 'bytes',
      ours: samples.map(({bytes}) => bytes),
      theirs: samples.map(({first}) => first.bytes),
      target: targets.bytes,
    }),
  ],
})
