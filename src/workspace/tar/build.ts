import {tarTime} from '../time.js'
import {BLOCK, TYPE_FLAGS, type TarHeader} from './header.js'

/** What is written of one file: `size` bytes of content follow. */
export type EntrySpec = Pick<TarHeader, 'path' | 'type' | 'mode' | 'uid' | 'gid' | 'size' | 'mtime' | 'target'>

const NAME = 100
const MAX_OCTAL_ID = 0o7777777
const MAX_OCTAL = 0o77777777777

/** Headers with extended ones before them, as GNU tar writes them in its posix format. */
export function paxHeader(spec: EntrySpec): Buffer {
  const {path, target} = spelled(spec)
  const [seconds = '0', fraction = ''] = tarTime(spec.mtime).split('.')
  const whole = Number(fraction) === 0 && !seconds.startsWith('-') && Number(seconds) <= MAX_OCTAL
  const records = [
    ...(path.length > NAME ? [record('path', path)] : []),
    ...(target.length > NAME ? [record('linkpath', target)] : []),
    ...(whole ? [] : [record('mtime', `${seconds}.${fraction}`.replace(/\.?0+$/, ''))]),
    ...(spec.size > MAX_OCTAL ? [record('size', String(spec.size))] : []),
    ...(spec.uid > MAX_OCTAL_ID ? [record('uid', String(spec.uid))] : []),
    ...(spec.gid > MAX_OCTAL_ID ? [record('gid', String(spec.gid))] : []),
  ].join('')
  const main = block(spec, path, target, TYPE_FLAGS[spec.type])
  if (records === '') return main
  const extended = {...spec, mode: 0o644, size: records.length}
  return Buffer.concat([block(extended, './PaxHeaders/entry', '', 'x'), padded(records), main])
}

/** Headers that every tar understands, with GNU's own entries for long names before them. */
export function plainHeader(spec: EntrySpec): Buffer {
  const {path, target} = spelled(spec)
  return Buffer.concat([
    ...(path.length > NAME ? [long(spec, 'L', path)] : []),
    ...(target.length > NAME ? [long(spec, 'K', target)] : []),
    block(spec, path, target, TYPE_FLAGS[spec.type]),
  ])
}

/** What follows content of this many bytes. */
export const padding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)

const padded = (text: string): Buffer => Buffer.concat([Buffer.from(text, 'latin1'), padding(text.length)])

function spelled({path, type, target}: EntrySpec): {path: string; target: string} {
  const name = path === '' ? '.' : `./${path}`
  return {path: type === 'directory' ? `${name}/` : name, target: type === 'hardlink' ? `./${target}` : target}
}

function long(spec: EntrySpec, flag: 'L' | 'K', text: string): Buffer {
  const holder = {...spec, mode: 0o644, uid: 0, gid: 0, mtime: '0', size: text.length + 1}
  return Buffer.concat([block(holder, '././@LongLink', '', flag), padded(`${text}\0`)])
}

/** A record counts the digits of its own length. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return `${length}${rest}`
}

function block(spec: EntrySpec, path: string, target: string, flag: string): Buffer {
  const header = Buffer.alloc(BLOCK)
  header.write(path.slice(0, NAME), 0, 'latin1')
  octal(header, 100, 8, spec.mode)
  octal(header, 108, 8, spec.uid)
  octal(header, 116, 8, spec.gid)
  octal(header, 124, 12, spec.size)
  octal(header, 136, 12, Math.max(0, Math.trunc(Number(spec.mtime))))
  header.write(flag, 156, 'latin1')
  header.write(target.slice(0, NAME), 157, 'latin1')
  header.write('ustar\u000000', 257, 'latin1')
  header.fill(0x20, 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return header
}

/** Octal digits; a number that is too large for them in GNU's base 256. */
function octal(header: Buffer, offset: number, width: number, value: number): void {
  const digits = value.toString(8)
  if (digits.length < width) {
    header.write(`${digits.padStart(width - 1, '0')}\0`, offset, 'latin1')
    return
  }

  let left = value
  for (let i = offset + width - 1; i > offset; i--) {
    header[i] = left % 256
    left = Math.floor(left / 256)
  }

  header[offset] = 0x80
}
