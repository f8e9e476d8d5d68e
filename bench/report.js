/**
 * One line of the report. `ours` and `theirs` are samples; without `theirs` the row is the largest of `ours` in the unit
 * itself, else a ratio of medians. `target` is the most that it should be.
 */
export function row({name, what, unit, ours, theirs, target}) {
  const value = theirs ? median(ours) / median(theirs) : Math.max(...ours)
  return {name, what, unit, value, target, met: value <= target, ours, theirs}
}

export function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export function printRows(rows) {
  const lines = rows.map(({what, unit, value, target, met, ours, theirs}) => [
    what,
    theirs ? show(median(ours), unit) : '',
    theirs ? show(median(theirs), unit) : '',
    theirs ? value.toPrecision(3) : show(value, unit),
    `<= ${theirs ? target : show(target, unit)}`,
    met ? 'met' : 'MISSED',
  ])
  const table = [['what', 'ours', 'theirs', 'value', 'target', ''], ...lines]
  const widths = table[0].map((_, column) => Math.max(...table.map(line => line[column].length)))
  console.log()
  for (const line of table) {
    console.log(
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
        .join('  ')
        .trimEnd(),
    )
  }
}

function show(value, unit) {
  if (unit === 'seconds') return `${value.toFixed(3)} s`
  return value < 1e6 ? `${(value / 1e3).toFixed(1)} kB` : `${(value / 1e6).toFixed(1)} MB`
}
