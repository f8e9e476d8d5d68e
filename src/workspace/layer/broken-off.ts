/** A stream that ended before it was whole, or failed: all that came of it before is good. */
export class BrokenOff extends Error {
  constructor(cause: unknown) {
    super('the stream broke off', {cause})
  }
}

/** The next of a stream. */
export async function nextOf<T>(stream: AsyncGenerator<T, void>): Promise<T | undefined> {
  try {
    const {value} = await stream.next()
    return value ?? undefined
  } catch (error) {
    throw new BrokenOff(error)
  }
}
