/**
 * Times of files, as text: seconds since 1970, a dot and nine digits of nanoseconds. A double cannot hold them, and
 * equality is all that is ever asked of them.
 */
export function tarTime(text: string): string {
  const dot = text.indexOf('.')
  if (dot === -1) return `${text}.000000000`
  return `${text.slice(0, dot)}.${text.slice(dot + 1, dot + 10).padEnd(9, '0')}`
}

/** Milliseconds since 1970, for comparisons that need no more than that. */
export const timeInMs = (time: string): number => Number(time) * 1000
