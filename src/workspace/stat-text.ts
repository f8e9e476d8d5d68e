import {setImmediate} from 'node:timers/promises'

import type {Stat, StatType} from './stat.js'

/** Fields of a stat, in the order in which they are written. */
const FIELDS = 11

/** A stat as text: fields that end in NUL, which no file name holds. An order of magnitude faster than JSON. */
export const serializeStat = (s: Stat): string =>
  [s.path, s.type, s.mode, s.uid, s.gid, s.size, s.mtime, s.ctime, s.inode, s.links, s.target, ''].join('\0')

/** Characters that are parsed before others get their turn: some hundred files, a millisecond's worth. */
export const PIECE = 1 << 16

/** Null for a text that is cut off. It is parsed piece by piece, since a connection is being made meanwhile. */
export async function parseStats(text: string): Promise<Stat[] | null> {
  const stats: Stat[] = []
  let fields: string[] = []
  let rest = ''
  for (let at = 0; at < text.length; at += PIECE) {
    if (at > 0) await setImmediate()
    const found = (rest + text.slice(at, at + PIECE)).split('\0')
    rest = found.pop() ?? ''
    fields = fields.concat(found)
    const whole = fields.length - (fields.length % FIELDS)
    for (let i = 0; i < whole; i += FIELDS) stats.push(parseStat(fields, i))
    fields = fields.slice(whole)
  }

  return rest === '' && fields.length === 0 ? stats : null
}

function parseStat(fields: readonly string[], i: number): Stat {
  const field = (n: number): string => fields[i + n] ?? ''
  return {
    path: field(0),
    type: field(1) as StatType,
    mode: Number(field(2)),
    uid: Number(field(3)),
    gid: Number(field(4)),
    size: Number(field(5)),
    mtime: field(6),
    ctime: field(7),
    inode: field(8),
    links: Number(field(9)),
    target: field(10),
  }
}
