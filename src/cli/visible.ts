/** All that a terminal would obey, but for what ends a line and moves to the next column. */
const CONTROL = /(?![\t\n])\p{Cc}/gu

/** A text as a terminal may show it: names of files come from hosts, and may hold anything. */
export const visible = (text: string): string =>
  text.replaceAll(CONTROL, sign => `\\x${(sign.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`)
