import type {Config} from '@oclif/core'

import {reasonOf} from '../core/errors.js'
import {registerBuiltIns} from '../providers/index.js'
import {createRegistry, type Registry} from '../providers/registry.js'

/**
 * The providers of Crabbox, and those of plugins as soon as somebody asks for one: the hook `crabbox:providers`, through which
 * plugins register theirs, loads their code. One that fails is named, and the others work.
 */
export function openRegistry(config: Config, warn: (message: string) => void): Registry {
  const registry = createRegistry(async registrar => {
    const {failures} = await config.runHook('crabbox:providers', {registry: registrar})
    for (const {plugin, error} of failures)
      warn(`the plugin ${plugin.name} could not register its providers: ${oneLine(reasonOf(error))}`)
  })
  registerBuiltIns(registry)
  return registry
}

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ')
