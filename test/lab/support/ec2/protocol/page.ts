import type {Params} from './params.js'
import type {Xml} from './xml.js'

/** A list as the call asks for it: `MaxResults` at a time. */
export function page(params: Params, name: string, items: readonly Xml[]): Readonly<Record<string, Xml>> {
  const size = params.number('MaxResults')
  if (size === undefined) return {[name]: items}
  const start = Number(params.text('NextToken') ?? 0)
  const end = start + size
  return {[name]: items.slice(start, end), nextToken: end < items.length ? String(end) : undefined}
}
