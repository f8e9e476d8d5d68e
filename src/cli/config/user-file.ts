import {homedir} from 'node:os'
import {isAbsolute, join} from 'node:path'

/** Where the user's own file is: below `$XDG_CONFIG_HOME`, where that is absolute as it has to be. */
export function userFile(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CONFIG_HOME']
  return join(base !== undefined && isAbsolute(base) ? base : join(homedir(), '.config'), 'crabbox', 'config.yaml')
}
