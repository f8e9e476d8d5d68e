import {providerError} from '../core/errors.js'
import type {Lease} from '../core/lease.js'
import {withTransport} from '../tiers/with-transport.js'
import type {Environment} from './environment.js'
import {exitInWorkdir} from './in-workdir.js'
import {withLease} from './locking.js'

/** Opens the user's shell in the lease's workdir, on this terminal. Returns its exit code. */
export async function openShell(lease: Lease, environment: Environment): Promise<number> {
  const provider = await environment.registry.get(lease.provider)
  return withTransport(provider.leases, lease, environment, transport =>
    withLease(environment.stateDir, lease, {mode: 'shared', what: 'ssh'}, async () => {
      // The shell decides for itself what an interrupt means, so it does not hear of ours. Without a terminal it has nothing to decide.
      const ending = new AbortController()
      const argv = ['sh', '-c', 'exec "${SHELL:-sh}"'] as const
      const running = transport.spawn({argv, cwd: lease.workdir, stdio: 'inherit'}, ending.signal)
      const end = (): void => {
        // A shell that somebody types into takes no notice of what comes next.
        running.kill('SIGHUP')
        ending.abort(environment.signal.reason)
      }
      for (const name of ['SIGHUP', 'SIGTERM'] as const) process.once(name, end)
      try {
        const exit = await exitInWorkdir(lease, transport, running.exit, environment.signal)
        if (exit.code === null) throw providerError('SHELL_ENDED', `the shell was ended by ${exit.signal}`)
        return exit.code
      } finally {
        for (const name of ['SIGHUP', 'SIGTERM'] as const) process.off(name, end)
      }
    }),
  )
}
