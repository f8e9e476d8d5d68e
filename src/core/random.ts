/** Hexadecimal digits of so many random bytes, two for each. */
export const randomHex = (bytes: number): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex')

/** A random whole number from `least` to below `limit`; for spreading things out, not for secrets. */
export const randomBetween = (least: number, limit: number): number =>
  least + Math.floor(Math.random() * (limit - least))
