import {silentProgress} from '../../src/core/progress.js'
import type {LeaseHandle} from '../../src/core/lease.js'
import type {Provider} from '../../src/core/provider.js'
import {treeOf} from '../../src/providers/memory/snapshots.js'
import type {MemoryWorld, Tree} from '../../src/providers/memory/world.js'
import type {Subject} from '../../src/testing/subject.js'
import type {Workspace} from '../../src/testing/workspace.js'

/** A provider whose leases are in `world`, sound or broken, as the conformance suite wants it. */
export const memorySubject = (provider: Provider, world: MemoryWorld): Subject => ({
  provider,
  shell: 'none',
  workspace: memoryWorkspace(world),
  records: {put: async () => undefined, remove: async () => undefined},
  context: {signal: new AbortController().signal, progress: silentProgress, stateDir: '/memory'},
})

function memoryWorkspace({leases}: MemoryWorld): Workspace {
  const tree = (lease: LeaseHandle): Tree => treeOf(leases, lease.id)
  return {
    write: async (lease, path, bytes) => void tree(lease).set(path, bytes),
    read: async (lease, path) => tree(lease).get(path) ?? null,
    remove: async (lease, path) => {
      for (const name of [...tree(lease).keys()])
        if (name === path || name.startsWith(`${path}/`)) tree(lease).delete(name)
    },
    list: async lease => [...tree(lease).keys()].sort(),
  }
}
