/** The process exit codes that Crabbox promises. `run` passes the remote code through instead. */
export const EXIT = {
  unexpected: 1,
  usage: 2,
  config: 3,
  notFound: 4,
  provider: 5,
  busy: 6,
  remote: 7,
  interrupted: 130,
} as const

/** The kind of a failure decides its exit code, and nothing else does. */
export type ErrorKind = keyof typeof EXIT

/** The same in every copy of this module: a plugin may bring its own. */
const BRAND = Symbol.for('crabbox.error')

/**
 * Every failure that a user can see: what happened and why (`message`), what to do next (`hint`), and a stable
 * upper-case `code` for scripts. Foreign errors are translated once, at the edge where they appear, and kept as `cause`.
 * `instanceof` knows those of other copies of this package, too.
 */
export class CrabboxError extends Error {
  readonly [BRAND] = true
  readonly code: string
  readonly kind: ErrorKind
  readonly hint: string | undefined

  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    options: {hint?: string | undefined; cause?: unknown} = {},
  ) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause})
    this.name = 'CrabboxError'
    this.kind = kind
    this.code = code
    this.hint = options.hint
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value && 'kind' in value && isKind(value.kind)
  }
}

/** A later version may know kinds that this one has no exit code for. */
const isKind = (kind: unknown): kind is ErrorKind => typeof kind === 'string' && Object.hasOwn(EXIT, kind)

type Build = (code: string, message: string, hint?: string, cause?: unknown) => CrabboxError
const build =
  (kind: ErrorKind): Build =>
  (code, message, hint, cause) =>
    new CrabboxError(kind, code, message, {hint, cause})

/** What the user typed cannot be meant. Exit 2. */
export const usageError = build('usage')
/** Configuration, credentials or the state directory are unusable. Exit 3. */
export const configError = build('config')
/** What was named does not exist. Exit 4. */
export const notFoundError = build('notFound')
/** The backend, its host or a transfer failed, or took too long. Exit 5. */
export const providerError = build('provider')
/** Something else is at work, or the present state forbids it. Exit 6. */
export const busyError = build('busy')
/** Work that ran on the lease failed. Exit 7. */
export const remoteError = build('remote')
/** The user or a signal ended the operation; everything was left as it was. Exit 130. */
export const interruptedError = (what = 'the operation'): CrabboxError =>
  new CrabboxError('interrupted', 'INTERRUPTED', `${what} was interrupted; nothing was changed`)

/** The code of a failure after which something may have been done or not: the connection was lost, and nobody could be asked any more. */
export const OUTCOME_UNKNOWN = 'OUTCOME_UNKNOWN'

/** Whether the user or a signal has ended something. */
export const isInterruption = (error: unknown): boolean => error instanceof CrabboxError && error.kind === 'interrupted'

/** Throws `INTERRUPTED` once the signal is aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return
  throw signal.reason instanceof CrabboxError ? signal.reason : interruptedError()
}

/** One line about any thrown value, for messages that quote a cause. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The same, with the code and what to do next, for a failure that does not end the command. */
export const inOneLine = (error: unknown): string =>
  error instanceof CrabboxError
    ? `${error.message} (${error.code})${error.hint === undefined ? '' : `. ${error.hint}`}`
    : reasonOf(error)

/** True for a Node system error with this code, such as `ENOENT`. */
export const isErrno = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
