import {appendFileSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'

import {acquireLock} from '../../../src/state/locks.js'
import {withMutex} from '../../../src/state/mutex.js'
import {isAlive, ownIdentity, type ProcessIdentity} from '../../../src/state/process.js'
import {checkNumber, openTable, type NumberRow} from './rows.js'

const [job, target = '', argument = ''] = process.argv.slice(2)

/** Adds rows of its own, and counts in one row that all share. */
async function transact(file: string, times: number): Promise<void> {
  const table = openTable<NumberRow>(file, checkNumber)
  for (let i = 0; i < times; i++) {
    await table.transact(rows => {
      rows.set('shared', {id: 'shared', value: (rows.get('shared')?.value ?? 0) + 1})
      const id = `${process.pid}-${i}`
      rows.set(id, {id, value: i})
    })
  }
}

/** Takes the mutex again and again. Two inside at once would see each other's file. */
async function contend(file: string): Promise<void> {
  const inside = `${file}.inside`
  for (;;) {
    await withMutex(file, async () => {
      const other = readIfThere(inside)
      // What a killed holder left inside is no intruder's.
      if (other !== null && (other === '' || isAlive(JSON.parse(other) as ProcessIdentity)))
        appendFileSync(`${file}.intruders`, `${process.pid} met ${other}\n`)
      const draft = `${inside}.${process.pid}`
      writeFileSync(draft, JSON.stringify(ownIdentity()))
      renameSync(draft, inside)
      await new Promise(resolve => setTimeout(resolve, 2))
      rmSync(inside, {force: true})
      appendFileSync(`${file}.turns`, '.')
    })
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** Takes a lock and keeps it until it is killed. */
async function hold(stateDir: string, mode: string): Promise<void> {
  await acquireLock(stateDir, {
    ...{key: 'lease:one', what: 'checkpoint create', subject: {lease: 'one'}, describe: 'lease one'},
    mode: mode === 'shared' ? 'shared' : 'exclusive',
  })
  process.send?.('held')
  setInterval(() => undefined, 1000)
}

if (job === 'transact') await transact(target, Number(argument))
if (job === 'contend') await contend(target)
if (job === 'hold') await hold(target, argument)
