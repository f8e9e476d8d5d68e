import {usageError} from '../core/errors.js'

const UNITS: Readonly<Record<string, number>> = {s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000}

/**
 * Milliseconds of a duration such as `90s`, `30m`, `12h`, `7d` or `2w`.
 * @throws {CrabboxError} `DURATION_INVALID`
 */
export function parseDuration(text: string): number {
  const match = /^(\d{1,6})([smhdw])$/.exec(text)
  const unit = UNITS[match?.[2] ?? '']
  if (match === null || unit === undefined)
    throw usageError(
      'DURATION_INVALID',
      `${JSON.stringify(text)} is no duration`,
      'Use a number and a unit: 90s, 30m, 12h, 7d or 2w.',
    )
  return Number(match[1]) * unit
}
