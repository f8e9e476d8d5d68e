import {randomBytes, randomInt} from 'node:crypto'
import {existsSync, linkSync, readdirSync, statSync, truncateSync} from 'node:fs'
import {appendFile, copyFile, mkdir, readFile, rename, rm, utimes, writeFile} from 'node:fs/promises'
import {dirname, join, relative} from 'node:path'

const LARGEST = 900_000

const filesIn = (dir: string): string[] =>
  readdirSync(dir, {recursive: true, withFileTypes: true})
    .filter(one => one.isFile())
    .map(one => join(one.parentPath, one.name))

/** A place among some that are used again and again. */
async function somewhere(dir: string): Promise<string> {
  const path = join(dir, `d${randomInt(4)}`, `f${randomInt(40)}`)
  await mkdir(dirname(path), {recursive: true})
  return path
}

/** Puts some files with random content into a directory. */
export async function fill(dir: string, files: number): Promise<void> {
  for (let i = 0; i < files; i++) await writeFile(await somewhere(dir), randomBytes(randomInt(1, LARGEST)))
}

/** What people and package managers do to a file, or to a whole tree. */
const DEEDS: readonly ((dir: string, file: string, to: string) => Promise<unknown> | undefined)[] = [
  (_dir, _file, to) => writeFile(to, randomBytes(randomInt(1, LARGEST))),
  (_dir, file) => rm(file),
  (_dir, file, to) => (file === to ? undefined : copyFile(file, to)),
  (_dir, file, to) => rename(file, to),
  async (_dir, file, to) => (existsSync(to) ? undefined : linkSync(file, to)),
  (_dir, file) => utimes(file, randomInt(1e9), randomInt(1e9)),
  async (_dir, file) => truncateSync(file, statSync(file).size + randomInt(50_000)),
  dir => Promise.all(filesIn(dir).map(one => utimes(one, randomInt(1e9), randomInt(1e9)))),
  dir => Promise.all(filesIn(dir).map(anew)),
]

async function anew(file: string): Promise<void> {
  const content = await readFile(file)
  await rm(file)
  await writeFile(file, content)
}

/** Does some of that, at random. */
export async function meddle(dir: string): Promise<void> {
  for (let i = randomInt(1, 12); i > 0; i--) {
    const all = filesIn(dir)
    const file = all[randomInt(Math.max(1, all.length))]
    if (file === undefined) await fill(dir, 1)
    else await DEEDS[randomInt(DEEDS.length)]?.(dir, file, await somewhere(dir))
  }
}

/** Writes into a file of a directory, as a program does that has it open, and tells all of its names. */
export async function writeInto(dir: string): Promise<string[]> {
  const all = filesIn(dir)
  const file = all[randomInt(Math.max(1, all.length))]
  if (file === undefined) return []
  await appendFile(file, 'written meanwhile')
  const {ino} = statSync(file)
  return all.filter(one => statSync(one).ino === ino).map(one => relative(dir, one))
}
