import {readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'

/** When each file of a directory was last modified, in milliseconds. */
export function timesOf(directory: string): Map<string, number> {
  const files = readdirSync(directory, {withFileTypes: true}).filter(entry => entry.isFile())
  return new Map(files.map(({name}) => [name, statSync(join(directory, name)).mtimeMs]))
}

/** The paths of files in a directory that have arrived whole: tar gives them their times when it has written all of them. */
export const arrivedIn = (directory: string, times: ReadonlyMap<string, number>): string[] =>
  [...timesOf(directory)].filter(([name, time]) => times.get(name) === time).map(([name]) => join(directory, name))
