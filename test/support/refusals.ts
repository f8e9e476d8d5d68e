import assert from 'node:assert/strict'

import type {CliOptions, Outcome, Sandbox} from './cli.js'

export interface Refusal {
  readonly exit: number
  readonly code: string
  /** What the message or the hint must say. */
  readonly says?: RegExp
}

/** Runs a command that must be refused: one clear error on stderr, its exit code, and the state as it was. */
export async function refuses(
  sandbox: Sandbox,
  args: readonly string[],
  refusal: Refusal,
  options?: CliOptions,
): Promise<Outcome> {
  const before = await sandbox.stateNow()
  const outcome = await sandbox.run(args, options)
  assertRefusal(outcome, refusal, args.join(' '))
  assert.deepEqual(await sandbox.stateNow(), before, `${args.join(' ')} changed the state directory`)
  return outcome
}

/** One error of this code on stderr, nothing on stdout, no stack. */
export function assertRefusal({code, stdout, stderr}: Outcome, refusal: Refusal, what = ''): void {
  const shown = `${what}\nexit ${code}\n${stdout}\n${stderr}`
  assert.equal(code, refusal.exit, shown)
  assert.equal(stdout, '', shown)
  assert.equal(stderr.match(/Error: /g)?.length, 1, shown)
  assert.match(stderr, new RegExp(`Code: ${refusal.code}$`, 'm'), shown)
  assert.doesNotMatch(stderr, /^\s+at .*[:(]\d+|node:internal/m, shown)
  if (refusal.says !== undefined) assert.match(unwrapped(stderr), refusal.says, shown)
}

/** What is printed is broken into lines to fit the terminal. */
const unwrapped = (stderr: string): string => stderr.replaceAll(/\s*\n\s*›\s*/g, ' ')
