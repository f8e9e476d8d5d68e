/**
 * Lets work that others have written go on for so many milliseconds. What it prints meanwhile would be taken for candidates, and
 * is dropped; what it fails with is nobody's business here.
 */
export async function silently(work: () => Promise<void>, patience: number): Promise<void> {
  const streams = [process.stdout, process.stderr]
  const writes = streams.map(stream => stream.write)
  for (const stream of streams) stream.write = () => true
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>(resolve => {
    timer = setTimeout(resolve, patience)
  })
  try {
    await Promise.race([work(), over]).catch(() => undefined)
  } finally {
    clearTimeout(timer)
    for (const [i, stream] of streams.entries()) stream.write = writes[i] ?? stream.write
  }
}
