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
  users: number
  closing: NodeJS.Timeout | undefined
}

/** Opens a connection. `again` is true when the one before it was given up, or could not be opened. */
type Open = (again: boolean) => Promise<Opened>

/** @param alsoCalled a further name for a connection that is open, for those who ask for more than whoever opened it */
type Lend = (
  name: string,
  open: Open,
  alsoCalled: (opened: Opened) => string,
  context: Pick<Context, 'done'>,
) => Promise<Lent>

/** Lends connections by name, so that those who need the same one at the same time share it. */
export function sharedConnections(): Lend {
  const all = new Map<string, Shared>()
  const lost = new Set<string>()
  const forget = (shared: Shared): void => {
    for (const [name, one] of all) if (one === shared) all.delete(name)
  }

  const lend: Lend = async (name, open, alsoCalled, context) => {
    const isNew = !all.has(name)
    const shared = all.get(name) ?? {opening: open(lost.has(name)), users: 0, closing: undefined}
    all.set(name, shared)
    shared.users += 1
    clearTimeout(shared.closing)
    const opened = await shared.opening.catch((error: unknown) => {
      forget(shared)
      lost.add(name)
      throw error
    })
    if (opened.connection.closed()) {
      forget(shared)
      if (opened.connection.abandoned()) lost.add(name)
      return lend(name, open, alsoCalled, context)
    }

    const close = (): void => {
      if (shared.users > 0) return
      clearTimeout(shared.closing)
      context.done?.removeEventListener('abort', close)
      forget(shared)
      opened.connection.close()
    }

    if (isNew) context.done?.addEventListener('abort', close, {once: true})
    const other = alsoCalled(opened)
    if (!all.has(other)) all.set(other, shared)

    let lent = true
    const giveBack = (): void => {
      if (!lent) return
      lent = false
      shared.users -= 1
      if (shared.users > 0) return
      shared.closing = setTimeout(close, context.done?.aborted === false ? LINGER.told : LINGER.untold)
    }

    return {...opened, giveBack}
  }

  return lend
}
