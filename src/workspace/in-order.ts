/** How many may have gone between two that are still there before one is looked for. */
const GONE = 16

/**
 * Finds by name what is asked for in about the order in which it lies, without asking the map: two listings of a directory come in the
 * same order as long as it is left alone.
 */
export function inOrder<T>(all: ReadonlyMap<string, T>, nameOf: (one: T) => string): (name: string) => T | undefined {
  const list = [...all.values()]
  let next = 0
  return name => {
    const expected = list[next]
    if (expected !== undefined && nameOf(expected) === name) {
      next += 1
      return expected
    }

    const found = all.get(name)
    if (found === undefined) return undefined
    const place = list.slice(next, next + GONE).indexOf(found)
    if (place !== -1) next += place + 1
    return found
  }
}
