import {readFile} from 'node:fs/promises'

import type {Document, LineCounter, Node as YamlNode} from 'yaml'

import {isErrno, reasonOf} from '../../core/errors.js'
import {invalid, unreadable, type Place} from './invalid.js'

/** A value of a file, and where it stands. */
export type Value =
  | {readonly kind: 'map'; readonly place: Place; readonly entries: readonly Entry[]}
  | {readonly kind: 'list'; readonly place: Place; readonly items: readonly Value[]}
  /** A text, a number, a boolean, or null for nothing at all. */
  | {readonly kind: 'scalar'; readonly place: Place; readonly value: unknown}

export interface Entry {
  readonly key: string
  readonly place: Place
  readonly value: Value
}

/**
 * What a YAML file holds; null where there is no file, or nothing in it.
 * @throws {CrabboxError} `CONFIG_INVALID`
 */
export async function readYaml(file: string): Promise<Value | null> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null
    throw unreadable(file, reasonOf(error), error)
  })
  return bytes === null ? null : parseYaml(file, textOf(file, bytes))
}

function textOf(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch (error) {
    throw unreadable(file, 'it is no UTF-8 text', error)
  }
}

async function parseYaml(file: string, text: string): Promise<Value | null> {
  const yaml = await import('yaml')
  const lines = new yaml.LineCounter()
  const document: Document = yaml.parseDocument(text, {lineCounter: lines, prettyErrors: false})
  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined) throw invalid(placeAt(file, lines, problem.pos[0]), problem.message)

  const convert = (node: unknown, after: Place): Value => {
    if (node === null || node === undefined) return {kind: 'scalar', place: after, value: null}
    const place = placeAt(file, lines, (node as YamlNode).range?.[0] ?? 0)
    if (yaml.isScalar(node)) return {kind: 'scalar', place, value: node.value}
    if (yaml.isSeq(node)) return {kind: 'list', place, items: node.items.map(item => convert(item, place))}
    if (!yaml.isMap(node)) throw invalid(place, 'aliases are not supported; write the value out')
    const entries = node.items.map(({key, value}): Entry => {
      const name = convert(key, place)
      if (name.kind === 'scalar' && typeof name.value === 'string')
        return {key: name.value, place: name.place, value: convert(value, name.place)}
      throw invalid(name.place, 'a key has to be a text')
    })
    return {kind: 'map', place, entries}
  }

  const value = convert(document.contents, {file, line: 1, column: 1})
  return value.kind === 'scalar' && value.value === null ? null : value
}

function placeAt(file: string, lines: LineCounter, offset: number): Place {
  const {line, col} = lines.linePos(offset)
  return {file, line, column: col}
}
