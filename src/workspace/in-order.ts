/**
 * Finds by path what is asked for in about the order in which it lies. Two listings of a directory come in the same order as long as it is
 * left alone, and then nothing has to be looked up.
 */
export function inOrder<T extends {readonly path: string}>(
  all: ReadonlyMap<string, T>,
): (path: string) => T | undefined {
  const list = [...all.values()]
  let places: ReadonlyMap<T, number> | null = null
  let next = 0
  return path => {
    const expected = list[next]
    if (expected?.path === path) {
      next += 1
      return expected
    }

    const found = all.get(path)
    if (found === undefined) return undefined
    places ??= new Map(list.map((one, place) => [one, place]))
    next = (places.get(found) ?? next) + 1
    return found
  }
}
