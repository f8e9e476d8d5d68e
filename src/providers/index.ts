import type {ProviderRegistrar} from '../core/provider.js'

/** What the hook is called with. oclif binds more to `this`, which no provider needs. */
interface HookOptions {
  readonly registry: ProviderRegistrar
}

/** The oclif hook `crabbox:providers`: registers the built-in providers as any plugin registers its own. Loads none. */
export default async function registerProviders({registry}: HookOptions): Promise<void> {
  registry.register({
    name: 'local',
    summary: 'Directories on this machine; needs nothing, isolates files only.',
    load: async () => (await import('./local/index.js')).local,
  })
  registry.register({
    name: 'ssh',
    summary: 'Directories on hosts that you can log in to; isolates files only.',
    load: async () => (await import('./ssh/index.js')).ssh,
  })
}
