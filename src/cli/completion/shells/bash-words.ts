import type {Line} from '../candidate.js'

/** A word of a bash line. */
export interface BashWord {
  /** What the program would be given. */
  readonly value: string
  /** The beginning of `value` that readline leaves alone: up to the last word break, or to the quote that is open. */
  readonly stem: string
  /** The quote that is open at the end. */
  readonly quote: Quote
}

type Quote = '' | "'" | '"'

/** A line as bash has it, split at the cursor. `breaks` is `COMP_WORDBREAKS`. */
export function readBashLine(
  before: string,
  after: string,
  breaks: string,
): {readonly line: Line; readonly word: BashWord; readonly redirected: boolean} {
  const words = splitWords(before)
  const raw = words.pop() ?? ''
  const word = readWord(raw, breaks)
  // Variables that are set for the command stand before its name.
  const start = words.findIndex(text => !/^\w+=/.test(text))
  const told = words.slice(start + 1).map(text => readWord(text, breaks).value)
  // The first of these words, or nothing, is the rest of the cursor's own.
  const rest = splitWords(`|${after}`).slice(1)
  return {
    line: {before: told, current: word.value, after: rest.map(text => readWord(text, breaks).value)},
    word,
    redirected: REDIRECTION.test(raw) || /^\d*[<>&]{1,3}$/.test(words.at(-1) ?? ''),
  }
}

const REDIRECTION = /^\d*[<>]/

/** Writes a text so that bash reads it as it is, where this quote is open. */
export function quoteFor(quote: Quote, text: string): string {
  if (quote === "'") return text.replaceAll("'", `'\\''`)
  if (quote === '"') return text.replaceAll(/["$`\\]/g, '\\$&')
  return text.replaceAll(/[^\p{L}\p{N}_./,:=@%+-]/gu, '\\$&')
}

/** Words with their quotes; the last one is where the line ends, and may be empty. */
function splitWords(line: string): string[] {
  const words: string[] = []
  let word = ''
  let begun = false
  for (const {text, bare} of piecesOf(line)) {
    if (!bare || !/\s/.test(text)) {
      word += text
      begun = true
    } else if (begun) {
      words.push(word)
      word = ''
      begun = false
    }
  }

  return [...words, word]
}

function readWord(raw: string, breaks: string): BashWord {
  let [value, stem, quote]: [string, string, Quote] = ['', '', '']
  for (const piece of piecesOf(raw)) {
    if (piece.opens) stem = value
    quote = piece.quote
    if (piece.mark) continue
    value += piece.text.length > 1 && piece.text.startsWith('\\') ? piece.text.slice(1) : piece.text
    // At an @, bash counts the break itself to what it completes: it may be the name of a host.
    if (piece.bare && breaks.includes(piece.text)) stem = piece.text === '@' ? value.slice(0, -1) : value
  }

  return {value, stem, quote}
}

/** A character of a line, with the backslash that protects it. */
interface Piece {
  readonly text: string
  /** In no quotes, and not protected. */
  readonly bare: boolean
  /** A quote itself. */
  readonly mark: boolean
  readonly opens: boolean
  /** What is open after it. */
  readonly quote: Quote
}

function* piecesOf(line: string): Generator<Piece> {
  let quote: Quote = ''
  for (const [text] of line.matchAll(/\\[\s\S]|[\s\S]/gu)) {
    const protects = text.length > 1 && text.startsWith('\\')
    if (protects && quote === "'") {
      // A backslash is nothing special here, and what follows it may be the end.
      yield {text: '\\', bare: false, mark: false, opens: false, quote}
      const next = text.slice(1)
      if (next === "'") quote = ''
      yield {text: next, bare: false, mark: next === "'", opens: false, quote}
    } else if (protects) {
      const kept = quote === '"' && !/["$`\\\n]/.test(text.charAt(1))
      if (kept) yield {text: '\\', bare: false, mark: false, opens: false, quote}
      yield {text: kept ? text.slice(1) : text, bare: false, mark: false, opens: false, quote}
    } else if (text === quote) {
      quote = ''
      yield {text, bare: false, mark: true, opens: false, quote}
    } else if (quote === '' && (text === "'" || text === '"')) {
      quote = text
      yield {text, bare: false, mark: true, opens: true, quote}
    } else {
      yield {text, bare: quote === '', mark: false, opens: false, quote}
    }
  }
}
