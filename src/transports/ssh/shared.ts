import type {Context} from '../../core/context.js'
import {isInterruption} from '../../core/errors.js'
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

/** The same for one that was opened ahead and that nobody has needed so far: a login that waits for that is given up by the server at some time. */
const UNWANTED = 5000

interface Shared {
  readonly opening: Promise<Opened>
  /** Tells whoever opens it that somebody needs it. */
  readonly want: () => void
  /** Closes it, where nobody uses it. */
  readonly close: () => void
  /** Of those who would have it closed. */
  readonly unlisten: () => void
  users: number
  closing: NodeJS.Timeout | undefined
}

/** How a connection is to be opened. */
export interface Opening {
  /** Whether the one before it was given up, or could not be opened. */
  readonly again: boolean
  /** Whether the host let the one before it in, and then gave no answer. */
  readonly silent: boolean
  /** Resolves when somebody needs it, which may be never. */
  readonly wanted: Promise<void>
  /** Aborts when nobody will. */
  readonly closed: AbortSignal
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
    context: Pick<Context, 'done' | 'signal'>,
  ) => Promise<Lent>
  /** Opens one ahead of those who will need it. Nobody hears of a failure before that. */
  readonly dial: (name: string, open: Open, done: AbortSignal) => void
}

export function sharedConnections(): SharedConnections {
  const all = new Map<string, Shared>()
  const lost = new Set<string>()
  const silent = new Set<string>()
  const forget = (shared: Shared): void => {
    shared.unlisten()
    for (const [name, one] of all) if (one === shared) all.delete(name)
  }

  const begin = (name: string, open: Open, done: AbortSignal | undefined): Shared => {
    const closed = new AbortController()
    let want: () => void = () => undefined
    const wanted = new Promise<void>(resolve => (want = resolve))
    const opening = open({again: lost.has(name), silent: silent.has(name), wanted, closed: closed.signal})
    const close = (): void => {
      if (shared.users > 0) return
      clearTimeout(shared.closing)
      forget(shared)
      closed.abort()
      opening.then(
        ({connection}) => connection.close(),
        () => undefined,
      )
    }

    const unlisten = (): void => done?.removeEventListener('abort', close)
    const shared: Shared = {opening, want, close, unlisten, users: 0, closing: undefined}
    all.set(name, shared)
    done?.addEventListener('abort', close, {once: true})
    // Whoever has waited for it hears of a failure; whoever comes later begins anew.
    opening.catch(() => {
      if (shared.users === 0) close()
    })
    return shared
  }

  const lend: SharedConnections['lend'] = async (name, open, alsoCalled, context) => {
    const {done, signal} = context
    const known = all.get(name)
    const shared = known ?? begin(name, open, done)
    shared.users += 1
    shared.want()
    clearTimeout(shared.closing)
    const opened = await shared.opening.catch((error: unknown) => {
      forget(shared)
      // Somebody else was told to stop, who had begun it.
      if (known !== undefined && isInterruption(error) && !signal.aborted) return null
      lost.add(name)
      throw error
    })
    if (opened === null) return lend(name, open, alsoCalled, context)
    const noteSilence = ({connection}: Opened): void => {
      if (connection.abandoned()) for (const names of [lost, silent]) names.add(name)
    }
    if (opened.connection.closed()) {
      forget(shared)
      noteSilence(opened)
      return lend(name, open, alsoCalled, context)
    }

    const other = alsoCalled(opened)
    if (!all.has(other)) all.set(other, shared)

    let lent = true
    const giveBack = (): void => {
      if (!lent) return
      lent = false
      shared.users -= 1
      noteSilence(opened)
      if (shared.users > 0) return
      shared.closing = setTimeout(shared.close, done?.aborted === false ? LINGER.told : LINGER.untold)
    }

    return {...opened, giveBack}
  }

  const dial: SharedConnections['dial'] = (name, open, done) => {
    if (all.has(name) || done.aborted) return
    const shared = begin(name, open, done)
    shared.closing = setTimeout(shared.close, UNWANTED).unref()
  }

  return {lend, dial}
}
