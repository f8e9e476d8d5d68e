import {row} from '../report.js'

const LIMIT = 300e6
const COMMANDS = ['checkpoint create', 'checkpoint fork', 'checkpoint restore']

/** The most that each long command held, with all that it started, over every time that it ran. */
export function memoryRows(peaks, where) {
  return COMMANDS.flatMap(command => {
    const ours = peaks.filter(peak => peak.command === command && peak.all > 0)
    if (ours.length === 0) return []
    const own = Math.max(...ours.map(peak => peak.process))
    return row({
      name: `memory ${command}, ${where}`,
      what: `peak memory of ${command}, ${where} (node alone ${(own / 1e6).toFixed(0)} MB)`,
      unit: 'bytes',
      ours: ours.map(peak => peak.all),
      target: LIMIT,
    })
  })
}
