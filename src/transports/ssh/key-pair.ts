import ssh2 from 'ssh2'

// ssh2 is CommonJS, of which Node sees no names.
const {utils} = ssh2

/** A new key in OpenSSH's formats. */
export interface KeyPair {
  readonly secret: string
  /** Type, base64 and comment. */
  readonly shown: string
}

/** Makes an Ed25519 key. About one in 270 of those that ssh2 makes is malformed: neither ssh2 itself nor anybody else can read it. */
export function newKeyPair(comment: string): KeyPair {
  for (;;) {
    const {private: secret, public: shown} = utils.generateKeyPairSync('ed25519', {comment})
    if (!(utils.parseKey(secret) instanceof Error)) return {secret, shown}
  }
}
