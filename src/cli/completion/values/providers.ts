import {join} from 'node:path'
import {pathToFileURL} from 'node:url'

import type {ProviderRegistrar} from '../../../core/provider.js'
import {registerBuiltIns} from '../../../providers/index.js'
import {createRegistry} from '../../../providers/registry.js'
import {isObject} from '../../../state/json.js'
import type {Candidate, Place} from '../candidate.js'
import {addedPlugins, type Plugin} from '../plugins.js'
import {silently} from '../silently.js'

/** Milliseconds that all plugins together may take to say which providers they have. */
const PATIENCE = 1000

/** Providers of Crabbox, and those that plugins register: for that their code is loaded, which is all that it costs. */
export async function providers({env}: Place): Promise<readonly Candidate[]> {
  const registry = createRegistry(registrar => silently(() => askAll(addedPlugins(env), registrar), PATIENCE))
  registerBuiltIns(registry)
  return (await registry.list()).map(({name, summary}) => ({value: name, description: summary}))
}

/** One that fails, or is slow, hides no other. */
async function askAll(plugins: readonly Plugin[], registrar: ProviderRegistrar): Promise<void> {
  await Promise.allSettled(plugins.map(plugin => ask(plugin, registrar)))
}

/** Calls a plugin's hooks as oclif does. */
async function ask({root, oclif}: Plugin, registrar: ProviderRegistrar): Promise<void> {
  const hooks = isObject(oclif['hooks']) ? [oclif['hooks']['crabbox:providers']].flat() : []
  for (const hook of hooks) {
    const {target, identifier} = isObject(hook) ? hook : {target: hook, identifier: undefined}
    if (typeof target !== 'string') continue
    const module = await load(join(root, target))
    const named = typeof identifier === 'string' ? module[identifier] : (module['default'] ?? module['module.exports'])
    // What TypeScript makes of a default export for require().
    const run = isObject(named) ? named['default'] : named
    if (typeof run === 'function') await Reflect.apply(run, {}, [{registry: registrar}])
  }
}

/** oclif allows a path without its ending. */
async function load(path: string): Promise<Readonly<Record<string, unknown>>> {
  const endings = ['', '.js', '.mjs', '.cjs', '/index.js']
  for (const ending of endings.slice(/\.[cm]?js$/.test(path) ? 0 : 1)) {
    try {
      return (await import(pathToFileURL(`${path}${ending}`).href)) as Record<string, unknown>
    } catch (error) {
      if (!isObject(error) || error['code'] !== 'ERR_MODULE_NOT_FOUND') throw error
    }
  }

  return {}
}
