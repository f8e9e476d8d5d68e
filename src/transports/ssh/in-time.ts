/**
 * Waits for work, but not for ever.
 * @param patience milliseconds
 * @param late the error for work that is not done by then; what becomes of it later is of no interest
 */
export async function inTime<R>(work: Promise<R>, patience: number, late: () => Error): Promise<R> {
  let timer: NodeJS.Timeout | undefined
  const ending = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), patience)
  })
  try {
    return await Promise.race([work, ending])
  } finally {
    clearTimeout(timer)
    work.catch(() => undefined)
  }
}
