import {invalid} from './invalid.js'
import type {Entry, Value} from './yaml.js'

/** Reads the value of one key. `name` is what a message calls it. */
export type Read<T> = (value: Value, name: string) => T

/** A reader for every key that a map may have. */
export type Readers<T> = {readonly [K in keyof T]-?: Read<Exclude<T[K], undefined>>}

/**
 * Reads a map, each key with its reader. Others are refused.
 * @throws {CrabboxError} `CONFIG_INVALID`
 */
export function readMap<T extends object>(value: Value, name: string, readers: Readers<T>): Partial<T> {
  const known = Object.keys(readers)
  const result: Partial<T> = {}
  for (const {key, place, value: inner} of entriesOf(value, name)) {
    if (!Object.hasOwn(readers, key))
      throw invalid(place, `there is no key ${JSON.stringify(key)}; allowed are ${known.join(', ')}`)
    const known_ = key as keyof T
    result[known_] = readers[known_](inner, name === TOP ? key : `${name}.${key}`)
  }

  return result
}

/** What messages call the whole file. */
export const TOP = 'the file'

export function entriesOf(value: Value, name: string): readonly Entry[] {
  if (value.kind === 'map') return value.entries
  throw invalid(value.place, `${name} is ${describe(value)}; it has to be keys with values`)
}

export function itemsOf(value: Value, name: string): readonly Value[] {
  if (value.kind === 'list') return value.items
  throw invalid(value.place, `${name} is ${describe(value)}; it has to be a list`)
}

/** A text that passes a test; `allowed` says which do. */
export function textOf(value: Value, name: string, test: (text: string) => boolean, allowed: string): string {
  if (value.kind === 'scalar' && typeof value.value === 'string' && test(value.value)) return value.value
  throw invalid(value.place, `${name} is ${describe(value)}; ${allowed}`)
}

function describe(value: Value): string {
  if (value.kind === 'map') return 'a map'
  if (value.kind === 'list') return 'a list'
  return value.value === null ? 'empty' : (JSON.stringify(value.value) ?? String(value.value))
}
