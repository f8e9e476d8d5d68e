import {usageError} from '../core/errors.js'
import type {Streams} from '../operations/run.js'

/**
 * This process's streams for a command. A terminal is not forwarded as input: `ssh` is for interactive work. Under `--json`
 * stdout belongs to the result, so what the command prints goes to stderr.
 */
export const standardStreams = (json: boolean): Streams => ({
  stdin: process.stdin.isTTY ? null : process.stdin,
  stdout: json ? process.stderr : process.stdout,
  stderr: process.stderr,
})

/**
 * The variables that were asked for by name.
 * @throws {CrabboxError} `ENV_NAME_INVALID`, `ENV_NOT_SET`
 */
export function commandEnvironment(names: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    names.map(name => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
        throw usageError(
          'ENV_NAME_INVALID',
          `${JSON.stringify(name)} is no variable's name`,
          'Give a name without a value: --env NPM_TOKEN.',
        )
      const value = env[name]
      if (value === undefined)
        throw usageError('ENV_NOT_SET', `the variable ${name} is not set here`, 'Set it, or leave the --env away.')
      return [name, value]
    }),
  )
}
