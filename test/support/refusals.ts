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

/** Like `refuses`, for commands that do not disturb each other. */
export async function refusesAll(
  sandbox: Sandbox,
  expected: readonly (readonly [readonly string[], Refusal])[],
  options?: CliOptions,
): Promise<void> {
  const before = await sandbox.stateNow()
  const outcomes = await runAll(
    sandbox,
    expected.map(([args]) => args),
    options,
  )
  for (const [i, [args, refusal]] of expected.entries()) assertRefusal(outcomes[i], refusal, args.join(' '))
  assert.deepEqual(await sandbox.stateNow(), before, 'one of these commands changed the state directory')
}

/** Runs commands that do not disturb each other, a few at the same time. */
export async function runAll(
  sandbox: Sandbox,
  commands: readonly (readonly string[])[],
  options?: CliOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const pending = [...commands.entries()]
  const worker = async (): Promise<void> => {
    for (let next = pending.shift(); next !== undefined; next = pending.shift())
      outcomes[next[0]] = await sandbox.run(next[1], options)
  }

  await Promise.all(Array.from({length: 4}, worker))
  return outcomes
}

/** One error of this code on stderr, nothing on stdout, no stack. */
export function assertRefusal(outcome: Outcome | undefined, refusal: Refusal, what = ''): void {
  const {code, stdout, stderr} = outcome ?? assert.fail(`${what} was not run`)
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
