/** What an answer consists of. A list becomes `<item>` elements, and what is undefined is left out. */
export type Xml = string | number | boolean | Date | undefined | readonly Xml[] | {readonly [name: string]: Xml}

/** The text of the elements inside of a value. */
export function toXml(value: Xml): string {
  if (value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  if (isList(value)) return value.map(one => element('item', one)).join('')
  if (typeof value !== 'object') return escape(String(value))
  return Object.entries(value)
    .map(([name, inner]) => (inner === undefined ? '' : element(name, inner)))
    .join('')
}

const isList = (value: Xml): value is readonly Xml[] => Array.isArray(value)

const element = (name: string, inner: Xml): string => `<${name}>${toXml(inner)}</${name}>`

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

const escape = (text: string): string => text.replace(/[&<>"']/g, char => ENTITIES[char] ?? char)
