import {createRequire} from 'node:module'

import {lazyModule} from './lazy-module.js'

const require = createRequire(import.meta.url)
const ssh2 = require('ssh2')

/** node-ssh requires all of these at its start, for what we call none of. */
const LAZY = ['is-stream', 'make-dir', 'sb-promise-queue', 'sb-scandir', 'shell-escape']

/** Whether the processor has instructions for AES. It decides whether ciphers with it are offered before others, and we put those first. */
const ORDER = 'cpu-features'

/**
 * The ciphers that were compiled for this machine when ssh2 was installed, if they could be. What they have to say to each other is nobody
 * else's business, so they are of use to the very version alone that is bundled; who requires them does without, where that fails.
 */
const ADDON = `
  const {version} = require('ssh2/package.json')
  if (version !== ${JSON.stringify(require('ssh2/package.json').version)}) throw new Error('they belong to ssh2 ' + version)
  module.exports = require('ssh2/lib/protocol/crypto/build/Release/sshcrypto.node')`

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
      if (importer === '\0addon') return {id, external: true}
      if (!importer?.includes('/node_modules/ssh2/')) return undefined
      if (id.endsWith('/sshcrypto.node')) return '\0addon'
      return id === ORDER ? '\0order' : undefined
    },
    load: id => {
      if (id === '\0order') return 'module.exports = () => undefined'
      if (id === '\0addon') return ADDON
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
