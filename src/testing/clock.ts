/** The clock of this process, as a user or a time server may set it while it runs. */
export interface SettableClock {
  /** Sets it ahead by so many hours, or back. */
  readonly set: (hours: number) => void
  readonly restore: () => void
}

const HOUR = 3_600_000

/** What `Date` says can be set; `performance.now` and timers go on as they do when a real clock is set. */
export function settableClock(): SettableClock {
  const real = globalThis.Date
  let ahead = 0
  const now = (): number => real.now() + ahead
  const Settable = new Proxy(real, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
    get: (target, key, receiver) => (key === 'now' ? now : (Reflect.get(target, key, receiver) as unknown)),
  })
  return {
    set: hours => {
      ahead = hours * HOUR
      globalThis.Date = Settable
    },
    restore: () => {
      if (globalThis.Date === Settable) globalThis.Date = real
    },
  }
}
