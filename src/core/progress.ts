/** One task that a user may watch. Amounts are in the unit that the task was started with. */
export interface ProgressTask {
  /** Adds to what is done. */
  readonly advance: (amount: number) => void
  /** Ends the task; `note` replaces its line on a terminal. Safe to call twice. */
  readonly done: (note?: string) => void
}

/** What amounts of a task count. */
export type ProgressUnit = 'bytes' | 'files' | 'percent'

/** How an operation tells how far it is. */
export interface Progress {
  /** Starts a task. `total` is unknown where it is undefined. */
  readonly start: (label: string, total?: number, unit?: ProgressUnit) => ProgressTask
  /** Something that the user should read although the operation goes on. */
  readonly warn: (message: string) => void
}

/** Shows nothing. For tests, `--json`, and callers that do not care. */
export const silentProgress: Progress = {
  start: () => ({advance: () => undefined, done: () => undefined}),
  warn: () => undefined,
}
