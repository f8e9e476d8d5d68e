/** Paths as tar, find and xargs read them: one byte a character, a NUL after each, and none that looks like an option. */
export const pathList = (paths: readonly string[]): Buffer =>
  Buffer.from(paths.map(path => `./${path}\0`).join(''), 'latin1')
