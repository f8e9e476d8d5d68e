import type {Readable, Writable} from 'node:stream'

/** How a command ended. Exactly one of the two is set. */
export type Exit = {readonly code: number; readonly signal: null} | {readonly code: null; readonly signal: string}

/** A command to run on the host. */
export interface CommandSpec {
  /** The program and its arguments. Never split, joined or expanded by a shell. */
  readonly argv: readonly [string, ...string[]]
  /** An absolute directory on the host. Default: the host's own choice. */
  readonly cwd?: string | undefined
  /** Variables added to the host's environment. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** `pipe` (default) connects the three streams; `inherit` gives the command this process's own, for interactive use. */
  readonly stdio?: 'pipe' | 'inherit'
}

/** A command that runs on the host. All streams are bytes; back-pressure reaches the command. */
export interface Running {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Settles when the command has ended and its output is closed. Rejects when it could not be started. */
  readonly exit: Promise<Exit>
  /** Signals the command and all that it started. */
  readonly kill: (signal: NodeJS.Signals) => void
}

/** Runs commands on one host and streams bytes both ways. This is all that the workspace engine asks of a backend. */
export interface Transport {
  /** True when the host is this machine: bytes cross no network, so compression happens on this side only. */
  readonly colocated: boolean
  /** Whether answers take so long that it pays to compress what is short, too. It may have to wait for the first answer. Default: no. */
  readonly distant?: () => Promise<boolean>
  /**
   * Starts a command; many may run at once. Aborting the signal ends it and everything it started (TERM, then KILL). It never
   * throws: a command that cannot be started, and a connection that is lost (`CONNECTION_LOST`), are told by `exit`.
   */
  readonly spawn: (command: CommandSpec, signal: AbortSignal) => Running
  /** Ends the connection. Safe to call twice. */
  readonly close: () => Promise<void>
}
