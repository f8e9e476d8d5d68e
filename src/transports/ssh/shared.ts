import type {Context} from '../../core/context.js'
import type {Opened} from './open.js'

/** A connection that was lent. Giving it back twice is giving it back once. */
export interface Lent extends Opened {
  readonly giveBack: () => void
}

/**
 * Milliseconds for which a connection that nobody uses stays open, since one piece of work often follows another: where somebody says when
 * all of it is done, and where nobody does.
 */
const LINGER = {told: 1000, untold: 15}

interface Shared {
  readonly opening: Promise<Opened>
  /** Tells whoever opens it that somebody needs it. */
  readonly want: () => void
  /** Closes it, where nobody uses it. */
  readonly close: () => void
  users: number
  closing: NodeJS.Timeout | undefined
}

/** How a connection is to be opened. */
export interface Opening {
  /** Whether the one before it was given up, or could not be opened. */
  readonly again: boolean
  /** Resolves when somebody needs it, which may be never. */
  readonly wanted: Promise<void>
}

type Open = (opening: Opening) => Promise<Opened>

/** Connections by name, so that those who need the same one at the same time share it. */
export interface SharedConnections {
  /**
   * Lends a connection.
   * @param alsoCalled a further name for one that is open, for those who ask for more than whoever opened it
   */
  readonly lend: (
    name: string,
    open: Open,
    alsoCalled: (opened: Opened) => string,
    until: Pick<Context, 'done'>,
  ) => Promise<Lent>
  /** Opens one ahead of those who will need it. Nobody hears of a failure before that. */
  readonly dial: (name: string, open: Open, done: AbortSignal) => void
}

export function sharedConnections(): SharedConnections {
  const all = new Map<string, Shared>()
  const lost = new Set<string>()
  const forget = (shared: Shared): void => {
    for (const [name, one] of all) if (one === shared) all.delete(name)
  }

  const begin = (name: string, open: Open, done: AbortSignal | undefined): Shared => {
    let want: () => void = () => undefined
    const wanted = new Promise<void>(resolve => (want = resolve))
    const opening = open({again: lost.has(name), wanted})
    const close = (): void => {
      if (shared.users > 0) return
      clearTimeout(shared.closing)
      done?.removeEventListener('abort', close)
      forget(shared)
      opening.then(
        ({connection}) => connection.close(),
        () => undefined,
      )
    }

    const shared: Shared = {opening, want, close, users: 0, closing: undefined}
    all.set(name, shared)
    done?.addEventListener('abort', close, {once: true})
    // Whoever needs it hears of the failure.
    opening.catch(() => done?.removeEventListener('abort', close))
    return shared
  }

  const lend: SharedConnections['lend'] = async (name, open, alsoCalled, until) => {
    const {done} = until
    const shared = all.get(name) ?? begin(name, open, done)
    shared.users += 1
    shared.want()
    clearTimeout(shared.closing)
    const opened = await shared.opening.catch((error: unknown) => {
      forget(shared)
      lost.add(name)
      throw error
    })
    if (opened.connection.closed()) {
      forget(shared)
      if (opened.connection.abandoned()) lost.add(name)
      return lend(name, open, alsoCalled, until)
    }

    const other = alsoCalled(opened)
    if (!all.has(other)) all.set(other, shared)

    let lent = true
    const giveBack = (): void => {
      if (!lent) return
      lent = false
      shared.users -= 1
      if (shared.users > 0) return
      shared.closing = setTimeout(shared.close, done?.aborted === false ? LINGER.told : LINGER.untold)
    }

    return {...opened, giveBack}
  }

  const dial: SharedConnections['dial'] = (name, open, done) => {
    if (!all.has(name) && !done.aborted) begin(name, open, done)
  }

  return {lend, dial}
}
