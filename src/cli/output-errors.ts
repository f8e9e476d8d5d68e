import process from 'node:process'

/**
 * Lets a command come to its end though its output cannot be written. oclif, which must have been loaded, would end it with a stack trace, and
 * whatever it holds would count as interrupted. Whoever reads no more of a pipe has what he wants: nothing is said then.
 */
export function outliveOutput(): void {
  process.stdout.removeAllListeners('error')
  let said = false
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (said || error.code === 'EPIPE') return
    said = true
    process.stderr.write(
      `Error: cannot write the output: ${error.message}\nCode: OUTPUT_FAILED\nTry this: Free some space where the output goes.\n`,
    )
    process.once('exit', () => {
      process.exitCode = process.exitCode || 1
    })
  })
  process.stderr.on('error', () => undefined)
}
