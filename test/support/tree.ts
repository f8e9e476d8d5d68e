import {createHash} from 'node:crypto'
import type {BigIntStats} from 'node:fs'
import {lstat, readdir, readFile, readlink} from 'node:fs/promises'

/** What one file is, as one line: type, mode, time in nanoseconds, content, and where it points. */
export type Picture = ReadonlyMap<string, string>

/** Everything that a restore must bring back, by path. Names hold one byte a character. */
export async function pictureOf(root: string): Promise<Picture> {
  const picture = new Map<string, string>()
  const firstNames = new Map<bigint, string>()
  await visit(Buffer.from(root), '', picture, firstNames)
  return picture
}

async function visit(
  path: Buffer,
  name: string,
  picture: Map<string, string>,
  firstNames: Map<bigint, string>,
): Promise<void> {
  const stat = await lstat(path, {bigint: true})
  const mode = (stat.mode & 0o7777n).toString(8)
  picture.set(name, `${await describe(path, stat, name, firstNames)} ${mode} ${stat.uid}:${stat.gid} ${stat.mtimeNs}`)
  if (!stat.isDirectory()) return
  const children = await readdir(path, {encoding: 'buffer'})
  for (const child of children.sort(Buffer.compare)) {
    const below = name === '' ? child.toString('latin1') : `${name}/${child.toString('latin1')}`
    await visit(Buffer.concat([path, Buffer.from('/'), child]), below, picture, firstNames)
  }
}

async function describe(
  path: Buffer,
  stat: BigIntStats,
  name: string,
  firstNames: Map<bigint, string>,
): Promise<string> {
  if (stat.isDirectory()) return 'directory'
  if (stat.isSymbolicLink()) return `link to ${(await readlink(path, {encoding: 'buffer'})).toString('latin1')}`
  if (!stat.isFile()) return stat.isFIFO() ? 'fifo' : 'special'
  const first = stat.nlink > 1n ? (firstNames.get(stat.ino) ?? name) : name
  firstNames.set(stat.ino, first)
  if (first !== name) return `same file as ${first}`
  return `file ${createHash('sha256')
    .update(await readFile(path))
    .digest('hex')}`
}
