import {CONTRACT, type ProviderRegistrar} from 'crabbox'

import {NAME, SUMMARY} from './about.js'

/** What oclif calls the hook with. */
interface HookOptions {
  readonly registry: ProviderRegistrar
}

/** The hook `crabbox:providers`. It only says what there is: the provider itself is loaded when somebody asks for it. */
export default async function registerProviders({registry}: HookOptions): Promise<void> {
  registry.register({
    name: NAME,
    summary: SUMMARY,
    contract: CONTRACT,
    settings: {
      directory: {
        summary: 'where leases and checkpoints lie; on ext4, XFS, Btrfs or tmpfs',
        pattern: /^\/[^\n]*$/,
        allowed: 'write an absolute path',
      },
    },
    load: async () => (await import('./provider.js')).overlayfs,
  })
}
