import {readFile} from 'node:fs/promises'

import ssh2, {type AnyAuthMethod, type ParsedKey} from 'ssh2'

import {isErrno} from '../../core/errors.js'
import type {SshTarget} from './target.js'
import {UserAgent, type AgentRules} from './user-agent.js'

// ssh2 is CommonJS, of which Node sees no names.
const {utils} = ssh2

/** What can be offered to a host, in order, and what could be if somebody unlocked it. */
export interface Credentials {
  readonly methods: readonly AnyAuthMethod[]
  /** Key files that need a passphrase which nobody has given. */
  readonly locked: readonly string[]
  /** Key files that hold no private key which could be used. */
  readonly unusable: readonly string[]
  /** For people: what the methods are. */
  readonly tried: readonly string[]
}

/** What is known beside the keys themselves. */
export interface CredentialRules extends Omit<AgentRules, 'listed'> {
  /** Of key files, by their names. */
  readonly passphrases: ReadonlyMap<string, string>
}

/** Gathers keys as ssh does: those of the agent, then the files. A key that is not there is no error. */
export async function findCredentials(
  {user: username, agent, keyFiles, onlyKeyFiles}: SshTarget,
  {passphrases, wanted, signal}: CredentialRules,
): Promise<Credentials> {
  const methods: AnyAuthMethod[] = []
  const locked: string[] = []
  const tried: string[] = []
  const unusable: string[] = []
  if (agent !== null) {
    const listed = onlyKeyFiles ? await publicKeys(keyFiles) : null
    methods.push({type: 'agent', username, agent: new UserAgent(agent, {listed, wanted, signal})})
    tried.push('the agent')
  }

  for (const file of keyFiles) {
    const key = await readFile(file).catch((error: unknown) => {
      if (!isErrno(error, 'ENOENT', 'ENOTDIR')) unusable.push(file)
      return null
    })
    if (key === null) continue
    const passphrase = passphrases.get(file)
    const parsed = parse(key, passphrase)
    if (parsed instanceof Error) {
      if (/passphrase|encrypted|integrity/i.test(parsed.message)) locked.push(file)
      else unusable.push(file)
    } else if (parsed.isPrivateKey()) {
      methods.push({type: 'publickey', username, key, ...(passphrase === undefined ? {} : {passphrase})})
      tried.push(file)
    }
  }

  // Some servers know their users already, by the network that they come from.
  return {methods: [...methods, {type: 'none', username}], locked, unusable, tried}
}

/** A file may hold several keys in old formats; ssh reads the first. */
function parse(text: Buffer, passphrase?: string): ParsedKey | Error {
  const parsed = utils.parseKey(text, passphrase)
  return Array.isArray(parsed) ? (parsed[0] ?? new Error('no key')) : parsed
}

/** The public keys that belong to key files: of the file itself, or of the `.pub` beside it. */
async function publicKeys(files: readonly string[]): Promise<Buffer[]> {
  const texts = await Promise.all(
    files.flatMap(file => [file, `${file}.pub`]).map(file => readFile(file).catch(() => null)),
  )
  return texts.flatMap(text => {
    const key = text === null ? null : parse(text)
    return key === null || key instanceof Error ? [] : [key.getPublicSSH()]
  })
}
