import {join} from 'node:path'
import process from 'node:process'

const OURS = /^(CRABBOX_|INIT_CWD$|npm_(?!config_)|npm_config_local_prefix$)/

/**
 * An environment in which the CLI finds nothing of the user's Crabbox and leaves nothing in it: state, configuration,
 * cache and data all lie below `dir`. What `npm run` says of this project is left out too: it would mislead an npm in another.
 */
export function sandboxEnv(dir) {
  const foreign = Object.entries(process.env).filter(([name]) => !OURS.test(name))
  return {
    ...Object.fromEntries(foreign),
    CRABBOX_STATE_DIR: join(dir, 'state'),
    CRABBOX_CONFIG_DIR: join(dir, 'config'),
    CRABBOX_CACHE_DIR: join(dir, 'cache'),
    CRABBOX_DATA_DIR: join(dir, 'data'),
  }
}

/** The first lease in what a command printed with --json: the outermost object that has an id, a slug and a workdir. */
export function leaseIn(answer) {
  if (answer === null || typeof answer !== 'object') return undefined
  if (typeof answer.slug === 'string' && typeof answer.workdir === 'string') return answer
  for (const value of Object.values(answer)) {
    const found = leaseIn(value)
    if (found) return found
  }
}
