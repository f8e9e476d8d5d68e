import type {DialTarget, Provider} from '../core/provider.js'
import type {Environment} from './environment.js'

/** Has a provider begin to connect, where it can. A plugin may be plain JavaScript: whatever it does about it, the command goes on. */
export function dialAhead({leases}: Provider, target: DialTarget, environment: Environment): void {
  try {
    Promise.resolve(leases.dial?.(target, environment)).catch(() => undefined)
  } catch {
    // Whoever connects says what there is to say.
  }
}
