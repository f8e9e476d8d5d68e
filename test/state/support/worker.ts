import {appendFile, readFile, writeFile} from 'node:fs/promises'
import {setTimeout as sleep} from 'node:timers/promises'

import {writeDurably} from '../../../src/state/files.js'
import {withMutex} from '../../../src/state/mutex.js'

const [job, ...args] = process.argv.slice(2)

/** Replaces a file again and again by content that shows whether it is whole. */
async function write(file: string, previous: string): Promise<void> {
  for (let i = 0; ; i++) {
    await writeDurably(file, JSON.stringify({i, text: 'x'.repeat(200_000), end: i}), previous)
    if (i === 1) process.send?.('held')
  }
}

/** Takes a mutex and keeps it until it is killed. */
async function hold(mutex: string): Promise<void> {
  await withMutex(mutex, async () => {
    process.send?.('held')
    // A promise alone keeps no process running.
    await new Promise(() => setInterval(() => undefined, 1000))
  })
}

/** Counts the lines of a file and adds the next number, again and again. Two at a time would write a number twice. */
async function count(mutex: string, file: string): Promise<void> {
  await writeFile(file, '', {flag: 'a'})
  for (;;) {
    await withMutex(mutex, async () => {
      const lines = (await readFile(file, 'utf8')).split('\n').length - 1
      await sleep(2)
      await appendFile(file, `${lines + 1}\n`)
    })
  }
}

if (job === 'hold') await hold(args[0] ?? '')
if (job === 'count') await count(args[0] ?? '', args[1] ?? '')
if (job === 'write') await write(args[0] ?? '', args[1] ?? '')
