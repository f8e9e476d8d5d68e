import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

/** How long a screen may take to become what it should be. Milliseconds. */
const PATIENCE = 20_000

export interface TerminalOptions {
  /** An empty place for what belongs to the terminal. */
  readonly dir: string
  readonly cwd: string
  /** All variables that there are. */
  readonly env: Readonly<Record<string, string>>
}

/** A program on a real terminal, which tmux is. */
export interface Terminal {
  /** Types text as it is. */
  readonly type: (text: string) => void
  /** Presses keys by their tmux names, such as `Tab` and `C-c`. */
  readonly press: (...keys: readonly string[]) => void
  /** What is to be seen: lines without blanks at their end, and none below the last one. */
  readonly screen: () => readonly string[]
  /** Waits until the screen passes a test; fails with the screen when it does not. Every second it is nudged. */
  readonly until: (
    what: string,
    test: (screen: readonly string[]) => boolean,
    nudge?: () => Promise<void>,
  ) => Promise<void>
  readonly close: () => void
}

export function openTerminal(command: readonly string[], {dir, cwd, env}: TerminalOptions): Terminal {
  const tmux = (...args: readonly string[]): string =>
    execFileSync('tmux', ['-S', join(dir, 'tmux'), '-f', '/dev/null', ...args], {encoding: 'utf8', env: {...env}, cwd})
  tmux('new-session', '-d', '-x', '160', '-y', '60', '-c', cwd, '--', ...command)
  const screen = (): readonly string[] =>
    tmux('capture-pane', '-p')
      .trimEnd()
      .split('\n')
      .map(line => line.trimEnd())
  return {
    type: text => void tmux('send-keys', '-l', '--', text),
    press: (...keys) => void tmux('send-keys', ...keys),
    screen,
    until: async (what, test, nudge) => {
      const end = Date.now() + PATIENCE
      for (let round = 1; !test(screen()); round++) {
        assert.ok(Date.now() < end, `${what}\n${screen().join('\n')}`)
        if (round % 20 === 0) await nudge?.()
        await sleep(50)
      }
    },
    close: () => void tmux('kill-server'),
  }
}
