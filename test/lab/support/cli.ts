import {spawn, type ChildProcess} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {text} from 'node:stream/consumers'
import {fileURLToPath} from 'node:url'

import type {Lease} from '../../../src/core/lease.js'

/** The checkout, seen from the compiled test. */
export const PROJECT = fileURLToPath(new URL('../../../../', import.meta.url))

const BIN = join(PROJECT, 'bin', 'run.js')

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** What `checkpoint fork --json` prints. */
export interface Forked {
  readonly forks: readonly {readonly lease: Lease}[]
}

/** A state directory of its own, on the file system of the checkout. */
export interface Lab {
  readonly dir: string
  readonly stateDir: string
  /** Starts the real CLI. It leads a process group of its own. */
  readonly start: (...args: string[]) => ChildProcess
  readonly run: (...args: string[]) => Promise<Outcome>
  /** Runs with `--json` and parses; fails the test when the command fails. */
  readonly json: <T>(...args: string[]) => Promise<T>
  readonly close: () => void
}

export interface LabOptions {
  /** Default: the checkout. */
  readonly base?: string
  /** Default: the lab's own directory. */
  readonly cwd?: string
  /** Added to this process's variables; those that are undefined are taken out. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

export function openLab(name: string, options: LabOptions = {}): Lab {
  const dir = mkdtempSync(join(options.base ?? PROJECT, `.test-lab-${name}-`))
  const stateDir = join(dir, 'state')
  const env = {...process.env, CRABBOX_STATE_DIR: stateDir, NODE_EXTRA_CA_CERTS: '', ...options.env}
  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [BIN, ...args], {cwd: options.cwd ?? dir, env, stdio: ['ignore', 'pipe', 'pipe']})
  const run = async (...args: string[]): Promise<Outcome> => outcomeOf(start(...args))
  const json = async <T>(...args: string[]): Promise<T> => {
    const end = args.includes('--') ? args.indexOf('--') : args.length
    const {code, stdout, stderr} = await run(...args.slice(0, end), '--json', ...args.slice(end))
    if (code !== 0) throw new Error(`crabbox ${args.join(' ')}: exit ${code}\n${stdout}${stderr}`)
    return JSON.parse(stdout) as T
  }

  return {dir, stateDir, start, run, json, close: () => rmSync(dir, {recursive: true, force: true})}
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  const [stdout, stderr, code] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
    ended,
  ])
  return {code, stdout, stderr}
}
