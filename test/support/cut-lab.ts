import {randomBytes} from 'node:crypto'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {asCheckpoint} from '../../src/core/checkpoint.js'
import type {Context} from '../../src/core/context.js'
import {newCheckpointId} from '../../src/core/ids.js'
import type {Lease, LeaseRequest} from '../../src/core/lease.js'
import {silentProgress} from '../../src/core/progress.js'
import {draftRecord} from '../../src/operations/checkpoint-record.js'
import {ssh} from '../../src/providers/ssh/index.js'
import {openCatalog} from '../../src/state/catalog.js'
import {prepareStateDir} from '../../src/state/paths.js'
import {leaseRecord} from '../../src/testing/records.js'
import type {Archived} from './archive-lab.js'
import {newLeaseRequest} from './lease-request.js'
import {sshHome, type SshHome} from './ssh-home.js'

/** A lease with a file of 6 MB and a directory, on a server that can be told to cut its connections. */
export interface CutLab {
  readonly lab: SshHome
  readonly stateDir: string
  readonly context: Context
  /** What the user was warned of in this test. */
  readonly warnings: string[]
  readonly lease: () => Lease
  /** What a new lease is asked for with. */
  readonly request: () => LeaseRequest
  readonly create: () => Promise<Archived>
  /** Cuts all connections once so many bytes have moved, so many times. */
  readonly cutAt: (bytes: number, times: number) => void
  /** Sets what happens before a lost connection is opened again, in this test. */
  readonly meanwhile: (work: () => void) => void
}

export function cutLab(): CutLab {
  const lab = sshHome()
  const stateDir = join(lab.home, 'state')
  const warnings: string[] = []
  let meanwhile = (): void => undefined
  let lease: Lease
  const warn = (text: string): void => {
    warnings.push(text)
    meanwhile()
  }
  const context: Context = {stateDir, progress: {...silentProgress, warn}, signal: new AbortController().signal}
  const request = (): LeaseRequest => newLeaseRequest({host: {name: lab.host, acceptNewKey: false}})
  const create = async (): Promise<Archived> => {
    const id = newCheckpointId()
    const workdir = {path: lease.workdir, relative: '.'}
    const about = {id, lease, name: null, repo: null, workdir, labels: {}, note: null, version: '0'}
    const draft = draftRecord('workspace-archive', about)
    const put = (artifact: Archived['artifact']): Promise<void> =>
      openCatalog(stateDir).transact(rows => void rows.set(id, asCheckpoint({...draft, artifact})))
    const wish = {id, lease, workdir, parent: null, excludes: [], about: draft, record: put}
    const {artifact} = await ssh.tiers['workspace-archive'].create(wish, context)
    return {...draft, state: 'ready', artifact}
  }
  const cutAt: CutLab['cutAt'] = (bytes, times) => lab.server.cutAfter(bytes, times)

  before(() => prepareStateDir(stateDir))
  beforeEach(async () => {
    warnings.length = 0
    meanwhile = () => undefined
    const wish = request()
    lease = leaseRecord('ssh', wish, await ssh.leases.acquire(wish, context), null)
    mkdirSync(join(lease.workdir, 'src'))
    writeFileSync(join(lease.workdir, 'file'), randomBytes(6_000_000))
  })
  afterEach(async () => {
    cutAt(0, 0)
    await ssh.leases.release(lease, context)
  })
  const set = (work: () => void): void => void (meanwhile = work)
  return {lab, stateDir, context, warnings, lease: () => lease, request, create, cutAt, meanwhile: set}
}
