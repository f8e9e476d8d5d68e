import type {Progress, ProgressTask, ProgressUnit} from '../core/progress.js'
import {formatBytes} from './format.js'
import {visible} from './visible.js'

/** A bar that is redrawn on a terminal; elsewhere a line now and then. Milliseconds. */
const REDRAW = 100
const LINE_EVERY = 5000
const BAR_WIDTH = 24

/** Where progress goes: never to stdout, which belongs to results. */
export function terminalProgress(stream: NodeJS.WriteStream): Progress {
  const write = (text: string): void => void stream.write(text)
  return {
    start: (label, total, unit = 'bytes') =>
      stream.isTTY ? bar(write, label, total, unit) : lines(write, label, total, unit),
    warn: message => write(`${stream.isTTY ? '\r\u001B[K' : ''}warning: ${visible(message)}\n`),
  }
}

/** Warnings only: for `--json`, where they still must be seen. */
export const warningsOnly = (stream: NodeJS.WriteStream): Progress => ({
  start: () => ({advance: () => undefined, done: () => undefined}),
  warn: message => void stream.write(`warning: ${visible(message)}\n`),
})

function bar(
  write: (text: string) => void,
  label: string,
  total: number | undefined,
  unit: ProgressUnit,
): ProgressTask {
  let done = 0
  let last = 0
  let open = true
  return {
    advance: amount => {
      done += amount
      if (Date.now() - last < REDRAW) return
      last = Date.now()
      write(`\r\u001B[K${label} ${draw(done, total, unit)}`)
    },
    done: note => {
      if (!open) return
      open = false
      write(note === undefined ? '\r\u001B[K' : `\r\u001B[K${label} ${note}\n`)
    },
  }
}

function draw(done: number, total: number | undefined, unit: ProgressUnit): string {
  if (total === undefined || total === 0) return amountOf(done, unit)
  // Headers and padding come on top of what the files were said to hold.
  const part = Math.min(1, done / total)
  const filled = Math.round(part * BAR_WIDTH)
  const bar = `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${Math.round(part * 100)}%`
  return unit === 'percent' ? bar : `${bar} of ${amountOf(total, unit)}`
}

function lines(
  write: (text: string) => void,
  label: string,
  total: number | undefined,
  unit: ProgressUnit,
): ProgressTask {
  let done = 0
  let last = Date.now()
  return {
    advance: amount => {
      done += amount
      if (Date.now() - last < LINE_EVERY) return
      last = Date.now()
      const of = total === undefined || unit === 'percent' ? '' : ` of ${amountOf(total, unit)}`
      write(`${label}: ${amountOf(done, unit)}${of}\n`)
    },
    done: () => undefined,
  }
}

const AMOUNTS: Readonly<Record<ProgressUnit, (amount: number) => string>> = {
  bytes: formatBytes,
  files: amount => `${amount} files`,
  percent: amount => `${Math.round(amount)}%`,
}
const amountOf = (amount: number, unit: ProgressUnit): string => AMOUNTS[unit](amount)
