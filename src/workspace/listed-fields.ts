import type {StatType} from './stat.js'
import {timeInMs} from './time.js'

/** What GNU find calls types of files. */
export const TYPES: Readonly<Record<string, StatType>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
  p: 'fifo',
  s: 'socket',
  b: 'device',
  c: 'device',
}

/** Two changes within one tick of the kernel's clock bear the same time; 100 ticks a second is the slowest in use. */
export const TICK_MS = 20

/** Whether a change that follows may bear the same time. */
export const isFresh = (ctime: string, now: number): boolean => timeInMs(ctime) > now - TICK_MS
