import ssh2 from 'ssh2'

// ssh2 is CommonJS, of which Node sees no names.
const {utils} = ssh2

/** A key in OpenSSH's formats. */
export interface KeyPair {
  readonly private: string
  /** Type, base64 and comment, as `authorized_keys` has it. */
  readonly public: string
}

/** A comment for the public half, or a passphrase for the private one and how it is kept with that. */
export type KeyOptions =
  {readonly comment: string} | {readonly passphrase: string; readonly cipher: string; readonly rounds: number}

/**
 * Makes an Ed25519 key. About one in 270 of those that ssh2 makes is malformed: neither ssh2 itself nor anybody else can read it.
 */
export function newKeyPair(options?: KeyOptions): KeyPair {
  const passphrase = options !== undefined && 'passphrase' in options ? options.passphrase : undefined
  for (;;) {
    const pair = utils.generateKeyPairSync('ed25519', options)
    if (!(utils.parseKey(pair.private, passphrase) instanceof Error)) return pair
  }
}
