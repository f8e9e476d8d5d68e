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

/**
 * The time of a clock that counts whole seconds downwards before 1970 and their fraction upwards, as the kernel does it and
 * some programs print it: -2 and .5 are -1.5.
 */
export function kernelTime(seconds: string, fraction: string): string {
  const nanoseconds = fraction.slice(0, 9).padEnd(9, '0')
  if (!seconds.startsWith('-') || Number(nanoseconds) === 0) return `${seconds}.${nanoseconds}`
  const whole = Number(seconds) + 1
  return `${whole === 0 ? '-0' : whole}.${String(1e9 - Number(nanoseconds)).padStart(9, '0')}`
}

/** The same of a text in which both stand together. */
export function printedTime(text: string): string {
  const dot = text.indexOf('.')
  // Nearly all are like this, and there are two for every file.
  if (dot > 0 && text.length >= dot + 10 && !text.startsWith('-')) return text.slice(0, dot + 10)
  const [seconds = '0', fraction = ''] = text.split('.')
  return kernelTime(seconds, fraction)
}
