import {createRequire} from 'node:module'

import {lazyModule} from './lazy-module.js'

const ssh2 = createRequire(import.meta.url)('ssh2')

/** node-ssh requires all of these at its start, for what we call none of. */
const LAZY = ['is-stream', 'make-dir', 'sb-promise-queue', 'sb-scandir', 'shell-escape']

/** Whether the processor has instructions for AES. It decides in which order ciphers are offered, and we say that ourselves. */
const ORDER = 'cpu-features'

/** Where each export is that we and node-ssh use: a client needs neither ssh2's server nor its agents for HTTP. */
const EXPORTS = {OpenSSHAgent: "('./agent.js').OpenSSHAgent", Client: "('./client.js')"}
const UTILS = {
  parseKey: "('./protocol/keyParser.js').parseKey",
  generateKeyPairSync: "('./keygen.js').generateKeyPairSync",
}

/** A plugin for rolldown that leaves out of node-ssh and ssh2 what takes time and has no effect on what is done with them. */
export function lighterSsh() {
  assertExported(EXPORTS, ssh2)
  assertExported(UTILS, ssh2.utils)
  return {
    name: 'lighter-ssh',
    resolveId: (id, importer) => {
      if (importer?.includes('/node_modules/node-ssh/') && LAZY.includes(id)) return `\0lazy-ssh:${id}`
      if (!importer?.includes('/node_modules/ssh2/')) return undefined
      // Made for this machine when ssh2 was installed, if it could be.
      if (id.endsWith('/sshcrypto.node'))
        return {id: 'ssh2/lib/protocol/crypto/build/Release/sshcrypto.node', external: true}
      return id === ORDER ? '\0order' : undefined
    },
    load: id => {
      if (id === '\0order') return 'module.exports = () => undefined'
      if (id.endsWith('/node_modules/ssh2/lib/index.js'))
        return `module.exports = {${getters(EXPORTS)} utils: {${getters(UTILS)}}}`
      return id.startsWith('\0lazy-ssh:') ? lazyModule(id.slice('\0lazy-ssh:'.length), 'node-ssh') : undefined
    },
  }
}

const getters = exported =>
  Object.entries(exported)
    .map(([name, source]) => `get ${name}() { return require${source} },`)
    .join('\n')

function assertExported(names, exported) {
  for (const name of Object.keys(names))
    if (!(name in exported)) throw new Error(`ssh2 exports no ${name}: it has changed`)
}
