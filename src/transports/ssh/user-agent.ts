import ssh2, {type GetStreamCallback, type IdentityCallback, type ParsedKey, type PublicKeyEntry} from 'ssh2'

// ssh2 is CommonJS, of which Node sees no names.
const {OpenSSHAgent} = ssh2

/** How the user's agent is asked. */
export interface AgentRules {
  /** The public keys that it may offer; null: all that it has. */
  readonly listed: readonly Buffer[] | null
  /** Resolves when it may be asked: it may ask the user in turn. */
  readonly wanted: Promise<void>
  /** Ends all talk with it: one that waits for the user may not answer for long. */
  readonly signal: AbortSignal
}

/** The user's agent, asked when that is needed, and for as long as it is. */
export class UserAgent extends OpenSSHAgent {
  readonly #rules: AgentRules

  constructor(socket: string, rules: AgentRules) {
    super(socket)
    this.#rules = rules
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    const ask = (): void =>
      // One that does not answer has no keys; those in files may do.
      super.getIdentities((error, keys = []) => done(null, error ? [] : keys.filter(key => this.#isListed(key))))
    void this.#rules.wanted.then(ask)
  }

  override getStream(done: GetStreamCallback): void {
    const {signal} = this.#rules
    super.getStream((error, stream) => {
      if (stream !== undefined) {
        const end = (): void => void stream.destroy()
        signal.addEventListener('abort', end, {once: true})
        stream.once('close', () => signal.removeEventListener('abort', end))
        if (signal.aborted) end()
      }

      done(error, stream)
    })
  }

  #isListed(key: ParsedKey | PublicKeyEntry): boolean {
    const {listed} = this.#rules
    return listed === null || ('getPublicSSH' in key && listed.some(one => one.equals(key.getPublicSSH())))
  }
}
