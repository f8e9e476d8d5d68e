import {notFoundError, providerError, throwIfAborted} from '../../core/errors.js'
import type {LeaseOperations} from '../../core/provider.js'
import type {MemoryWorld} from './world.js'

export const memoryLeases = ({leases, replaced}: MemoryWorld): LeaseOperations => ({
  acquire: async ({id, repoName}, {signal}) => {
    throwIfAborted(signal)
    if (!leases.has(id)) leases.set(id, new Map())
    return {workRoot: `/${id}`, workdir: `/${id}/${repoName}`, details: {}}
  },
  connect: async ({id}) => {
    if (!leases.has(id)) throw notFoundError('LEASE_GONE', `the lease ${id} is not in memory any more`)
    throw providerError('NO_SHELL', 'leases of the memory provider have no shell', 'Use the local provider instead.')
  },
  status: async ({id}) => (leases.has(id) ? 'running' : 'gone'),
  release: async ({id}) => {
    leases.delete(id)
    replaced.delete(id)
  },
})
