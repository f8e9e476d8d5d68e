import {setTimeout as sleep} from 'node:timers/promises'

import {sh} from './shell.js'

/** Ends a process and all that descend from it, whatever groups and sessions they have made, and waits until they are gone. */
export async function killTree(root: number): Promise<void> {
  const pids = descendants(root)
  for (const pid of pids) signal(pid, 'SIGKILL')
  for (let tries = 100; tries > 0 && pids.some(pid => isRunning(pid)); tries--) await sleep(20)
}

/** The ids of processes whose command line holds a text. */
export const processesWith = (text: string): number[] =>
  table()
    .filter(({args}) => args.includes(text))
    .map(({pid}) => pid)

function descendants(root: number): number[] {
  const all = table()
  const found = [root]
  for (const pid of found) found.push(...all.filter(({parent}) => parent === pid).map(child => child.pid))
  return found
}

function table(): {pid: number; parent: number; args: string}[] {
  return sh('ps -e -o pid=,ppid=,stat=,args= -ww')
    .split('\n')
    .flatMap(line => {
      const [, pid, parent, state = '', args = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
      return pid === undefined || state.startsWith('Z') ? [] : [{pid: Number(pid), parent: Number(parent), args}]
    })
}

const isRunning = (pid: number): boolean => table().some(row => row.pid === pid)

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended by itself.
  }
}
