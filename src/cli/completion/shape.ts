import {isObject} from '../../state/json.js'

/** What may stand as the value of a flag or as an argument. */
export interface ValueShape {
  readonly name: string
  /** All that is allowed; null: it is not for the manifest to say. */
  readonly options: readonly string[] | null
  /** The word by which help calls the value, in capitals; see `values/index.ts`. */
  readonly kind: string
  readonly multiple: boolean
}

export interface FlagShape extends ValueShape {
  readonly summary: string
  /** Single letters, without hyphen. */
  readonly chars: readonly string[]
  readonly aliases: readonly string[]
  readonly takesValue: boolean
  readonly allowNo: boolean
  readonly exclusive: readonly string[]
  readonly required: boolean
  readonly hidden: boolean
}

/** One command of a manifest, as far as completion needs it. */
export interface CommandShape {
  readonly id: string
  readonly aliases: readonly string[]
  readonly hiddenAliases: readonly string[]
  readonly hidden: boolean
  readonly summary: string
  /** False: more words than arguments are allowed. */
  readonly strict: boolean
  readonly args: readonly ValueShape[]
  readonly flags: readonly FlagShape[]
}

type Row = Readonly<Record<string, unknown>>

/** Reads a command of a manifest, which a stranger may have written: what has not the right type counts as left out. */
export const commandOf = (id: string, row: Row): CommandShape => ({
  id,
  aliases: textsOf(row['aliases']),
  hiddenAliases: textsOf(row['hiddenAliases']),
  hidden: row['hidden'] === true,
  summary: summaryOf(row),
  strict: row['strict'] !== false,
  // Of all commands, one is asked for these.
  get args() {
    return rowsOf(row['args']).map(([name, arg]) => valueOf(name, arg, name))
  },
  get flags() {
    return rowsOf(row['flags']).map(([name, flag]) => flagOf(name, flag))
  },
})

const flagOf = (name: string, row: Row): FlagShape => ({
  ...valueOf(name, row, row['helpValue']),
  summary: summaryOf(row),
  chars: [...textsOf([row['char']]), ...textsOf(row['charAliases'])],
  aliases: textsOf(row['aliases']),
  takesValue: row['type'] === 'option',
  allowNo: row['allowNo'] === true,
  exclusive: textsOf(row['exclusive']),
  required: row['required'] === true,
  hidden: row['hidden'] === true,
})

const valueOf = (name: string, row: Row, kind: unknown): ValueShape => ({
  name,
  options: Array.isArray(row['options']) ? textsOf(row['options']) : null,
  kind: typeof kind === 'string' ? kind.toUpperCase() : '',
  multiple: row['multiple'] === true,
})

/** The first line; what a template in it names is the program, in all that plugins write. */
function summaryOf(row: Row): string {
  const [text = ''] = textsOf([row['summary'], row['description']])
  return (text.split('\n', 1)[0] ?? '').replaceAll(/<%=\s*config\.bin\s*%>/g, 'crabbox').replaceAll(/<%.*?%>/g, '…')
}

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((text): text is string => typeof text === 'string' && text !== '') : []

const rowsOf = (value: unknown): [string, Row][] =>
  isObject(value) ? Object.entries(value).filter((pair): pair is [string, Row] => isObject(pair[1])) : []
