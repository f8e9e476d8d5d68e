import type {Tags} from '../account/tags.js'
import {invalidValue} from './ec2-error.js'
import type {Params} from './params.js'

/** What filters see of a resource. A field that is undefined is one that the resource does not have now. */
export type Fields = Readonly<Record<string, string | readonly string[] | undefined>>

/** Whether a resource passes all filters of a call. A filter that this endpoint does not know is an error, as in EC2. */
export const passes = (params: Params, fields: Fields, tags: Tags): boolean =>
  params.groups('Filter').every(filter => {
    const values = valuesOf(filter.required('Name'), fields, tags)
    return filter.texts('Value').some(pattern => values.some(value => matches(pattern, value)))
  })

function valuesOf(name: string, fields: Fields, tags: Tags): readonly string[] {
  if (name.startsWith('tag:')) return [tags.get(name.slice(4)) ?? []].flat()
  if (name === 'tag-key') return [...tags.keys()]
  if (name === 'tag-value') return [...tags.values()]
  if (!Object.hasOwn(fields, name)) throw invalidValue(`The filter '${name}' is invalid`)
  return [fields[name] ?? []].flat()
}

/** `*` stands for any characters and `?` for one, unless a backslash is before it. */
export function matches(pattern: string, value: string): boolean {
  const parts = pattern.match(/\\.|[^\\]/gs) ?? []
  const source = parts.map(part => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    return part.slice(-1).replace(/[$()*+.?[\\\]^{|}]/, '\\$&')
  })
  return new RegExp(`^${source.join('')}$`, 's').test(value)
}
