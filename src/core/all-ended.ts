/**
 * Waits until all of them have ended, also where one fails: whoever cleans up after it must not meet another one at work.
 * @throws whatever the first of them failed with that did
 */
export async function allEnded<T extends readonly unknown[]>(
  work: readonly [...T],
): Promise<{-readonly [K in keyof T]: Awaited<T[K]>}> {
  await Promise.allSettled(work)
  return Promise.all(work)
}
