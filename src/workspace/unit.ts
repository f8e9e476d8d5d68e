/** True when a path is the unit or lies below it. The empty unit holds everything. */
export const within = (unit: string, path: string): boolean =>
  unit === '' || (path.startsWith(unit) && (path.length === unit.length || path[unit.length] === '/'))

/** The longest path that is an ancestor of all, or one of them where the others lie below it. */
export function chooseUnit(paths: readonly string[]): string {
  let common = (paths[0] ?? '').split('/')
  for (const path of paths) {
    const parts = path.split('/')
    let length = 0
    while (length < common.length && length < parts.length && common[length] === parts[length]) length += 1
    common = common.slice(0, length)
  }

  return common.join('/')
}
