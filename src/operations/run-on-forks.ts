import {Transform, type Writable} from 'node:stream'

import {reasonOf} from '../core/errors.js'
import type {Lease} from '../core/lease.js'
import type {Environment} from './environment.js'
import {runOnLease} from './run.js'

/** Runs a command on every fork at the same time. Returns the exit codes by lease id; 1 where it could not be run. */
export async function runOnForks(
  leases: readonly Lease[],
  command: readonly string[],
  output: Writable,
  environment: Environment,
): Promise<Map<string, number>> {
  const codes = new Map<string, number>()
  await Promise.all(
    leases.map(async (lease, index) => {
      const words = command.map(word =>
        fillIn(word, {index: String(index + 1), total: String(leases.length), lease: lease.id, slug: lease.slug}),
      )
      // With several forks, every line says which one it came from.
      const [stdout, stderr] =
        leases.length === 1
          ? [output, process.stderr]
          : [prefixed(lease.slug, output), prefixed(lease.slug, process.stderr)]
      try {
        codes.set(
          lease.id,
          await runOnLease(
            {lease, command: words, sync: 'never', env: {}, streams: {stdin: null, stdout, stderr}},
            environment,
          ),
        )
      } catch (error) {
        environment.progress.warn(`${lease.slug}: ${reasonOf(error)}`)
        codes.set(lease.id, 1)
      }
    }),
  )
  return codes
}

const fillIn = (word: string, values: Readonly<Record<string, string>>): string =>
  word.replaceAll(/\{\{(index|total|lease|slug)\}\}/g, (whole, name: string) => values[name] ?? whole)

function prefixed(prefix: string, output: Writable): Writable {
  let rest = ''
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const lines = (rest + chunk.toString('utf8')).split('\n')
      rest = lines.pop() ?? ''
      done(null, lines.map(line => `[${prefix}] ${line}\n`).join(''))
    },
  })
  stream.pipe(output, {end: false})
  return stream
}
