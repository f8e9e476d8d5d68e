import {existsSync, readdirSync} from 'node:fs'
import {join} from 'node:path'

import type {Lease} from '../../../src/core/lease.js'

type Known = Pick<Lease, 'id' | 'repo'>

/** Everything below `.crabbox/leases` in the home directory of a host that is no lease, or not a part of one that stays. */
export function hostLeftovers(home: string, leases: readonly Known[]): string[] {
  const root = join(home, '.crabbox', 'leases')
  return entriesOf(root).flatMap(name => {
    const lease = leases.find(({id}) => id === name)
    if (lease === undefined) return [name]
    const workdir = lease.repo?.name ?? 'workspace'
    const sidecar = `.crabbox-${workdir}`
    const strays = entriesOf(join(root, name)).filter(one => !['.crabbox-lease', workdir, sidecar].includes(one))
    const inside = entriesOf(join(root, name, sidecar)).filter(one => one !== 'undo')
    return [...strays.map(one => `${name}/${one}`), ...inside.map(one => `${name}/${sidecar}/${one}`)]
  })
}

const entriesOf = (directory: string): string[] => (existsSync(directory) ? readdirSync(directory) : [])
