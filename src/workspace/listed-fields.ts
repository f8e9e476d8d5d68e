import {MAPPED} from './list-script.js'
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

/** Milliseconds that bear the same time on file systems that keep whole seconds, as ext3 does, and ext4 where its inodes are as small. */
const SECOND_MS = 1000

/** Whether a change that follows may bear the same time. */
export const isFresh = (ctime: string, now: number): boolean =>
  timeInMs(ctime) > now - TICK_MS - (ctime.endsWith('.000000000') ? SECOND_MS : 0)

/** The inode numbers of files that programs have mapped to write to, in what a listing says of its time. */
export const mappedIn = (clock: string): ReadonlySet<string> => new Set(clock.split(MAPPED)[1]?.split(' '))
