import type {Config} from '@oclif/core'

import {reasonOf} from '../core/errors.js'
import {createRegistry, type Registry} from '../providers/registry.js'

/** Runs the hook through which every plugin registers its providers. One that fails is named, and the others work. */
export async function loadRegistry(config: Config, warn: (message: string) => void): Promise<Registry> {
  const registry = createRegistry()
  const {failures} = await config.runHook('crabbox:providers', {registry})
  for (const {plugin, error} of failures)
    warn(`the plugin ${plugin.name} could not register its providers: ${reasonOf(error)}`)
  return registry
}
