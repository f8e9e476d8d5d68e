import {usageError} from '../core/errors.js'

/**
 * Labels from `key=value` flags.
 * @throws {CrabboxError} `LABEL_INVALID`
 */
export function parseLabels(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map(text => {
      const match = /^([A-Za-z0-9][A-Za-z0-9._/-]{0,62})=([^\0\n]{0,256})$/.exec(text)
      if (match === null)
        throw usageError(
          'LABEL_INVALID',
          `${JSON.stringify(text)} is no label`,
          'Write a label as key=value, on one line.',
        )
      return [match[1], match[2]]
    }),
  )
}
