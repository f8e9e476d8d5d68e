import {Writable} from 'node:stream'
import {finished} from 'node:stream/promises'
import {StringDecoder} from 'node:string_decoder'

import {reasonOf} from '../core/errors.js'
import type {Lease} from '../core/lease.js'
import type {Environment} from './environment.js'
import {runOnLease} from './run.js'

/** A fork, and which of the forks that were asked for it is, from 1. */
export interface Fork {
  readonly lease: Lease
  readonly index: number
}

/**
 * Runs a command on every fork at the same time. Returns the exit codes by lease id; 1 where it could not be run.
 * @param total how many forks were asked for
 */
export async function runOnForks(
  forks: readonly Fork[],
  total: number,
  command: readonly string[],
  output: Writable,
  environment: Environment,
): Promise<Map<string, number>> {
  const codes = new Map<string, number>()
  await Promise.all(
    forks.map(async ({lease, index}) => {
      const values = {index: String(index), total: String(total), lease: lease.id, slug: lease.slug}
      const words = command.map(word => fillIn(word, values))
      // With several forks, every line says which one it came from.
      const run = total === 1 ? runOnLease : runPrefixed
      try {
        const streams = {stdin: null, stdout: output, stderr: process.stderr}
        codes.set(lease.id, await run({lease, command: words, sync: 'never', env: {}, streams}, environment))
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

const runPrefixed: typeof runOnLease = async (wish, environment) => {
  const stdout = prefixed(wish.lease.slug, wish.streams.stdout)
  const stderr = prefixed(wish.lease.slug, wish.streams.stderr)
  try {
    return await runOnLease({...wish, streams: {stdin: null, stdout, stderr}}, environment)
  } finally {
    // One that could not be written has ended the command.
    await Promise.allSettled([finished(stdout.end()), finished(stderr.end())])
  }
}

/** Passes whole lines on. It is no pipe: many pipes into one stream are taken for a leak. */
function prefixed(prefix: string, output: Writable): Writable {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      const lines = (rest + decoder.write(chunk)).split('\n')
      rest = lines.pop() ?? ''
      output.write(lines.map(line => `[${prefix}] ${line}\n`).join(''), done)
    },
    final: done => {
      rest += decoder.end()
      if (rest === '') done()
      else output.write(`[${prefix}] ${rest}\n`, done)
    },
  })
}
