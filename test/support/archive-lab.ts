import {mkdir, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Context} from '../../src/core/context.js'
import {newCheckpointId, newLeaseId, newSlug} from '../../src/core/ids.js'
import {ANY_HOST, type Lease} from '../../src/core/lease.js'
import {silentProgress} from '../../src/core/progress.js'
import type {Created} from '../../src/core/handlers.js'
import type {LeaseOperations} from '../../src/core/provider.js'
import type {Recovery, RestoreResult} from '../../src/core/restore.js'
import {asCheckpoint, type Stored} from '../../src/core/checkpoint.js'
import type {Transport} from '../../src/core/transport.js'
import {draftRecord} from '../../src/operations/checkpoint-record.js'
import {local} from '../../src/providers/local/index.js'
import {openCatalog} from '../../src/state/catalog.js'
import {prepareStateDir} from '../../src/state/paths.js'
import {workspaceArchive} from '../../src/tiers/workspace-archive.js'
import {workspaceArchiveRestore} from '../../src/tiers/workspace-archive-restore.js'
import {temporaryDirectory} from './temporary.js'

export type Archived = Stored<'workspace-archive'>

/** What tests do to a lease of the local provider, through the tier's handlers and with rows in a catalog. */
export interface ArchiveLab {
  readonly context: Context
  readonly lease: Lease
  readonly workdir: string
  /** Everything on the way to the lease goes through this. */
  wrap: (transport: Transport) => Transport
  readonly write: (path: string, content: string | Buffer) => Promise<void>
  readonly create: (options?: {
    parent?: Archived | null
    alike?: Archived | null
    excludes?: readonly string[]
    signal?: AbortSignal
  }) => Promise<Made>
  readonly restore: (checkpoint: Archived, target?: string) => Promise<RestoreResult>
  readonly undo: () => Promise<{readonly checkpoint: string}>
  readonly recover: () => Promise<Recovery | null>
  readonly verify: (checkpoint: Archived) => Promise<readonly string[]>
  /** As the operation does it: row `deleting`, files, row gone. */
  readonly remove: (checkpoint: Archived) => Promise<void>
}

export interface Made extends Created<'workspace-archive'> {
  readonly checkpoint: Archived
}

/** After this long a change is no longer too fresh to be told from a later one; in milliseconds. */
export const SETTLED = 40

/** A state directory and a lease with an empty workdir for every test of the surrounding suite. */
export function archiveLab(): () => ArchiveLab {
  const stateDir = temporaryDirectory()
  let lab: ArchiveLab
  beforeEach(async () => {
    await prepareStateDir(stateDir())
    lab = await openLab(stateDir())
  })
  return () => lab
}

async function openLab(stateDir: string): Promise<ArchiveLab> {
  const context: Context = {stateDir, progress: silentProgress, signal: new AbortController().signal}
  const request = {
    id: newLeaseId(),
    slug: newSlug(() => false),
    class: 'standard',
    repoName: 'my-app',
    expiresAt: null,
    host: ANY_HOST,
    record: async () => undefined,
  } as const
  const placement = await local.leases.acquire(request, context)
  const lease: Lease = {
    ...request,
    ...placement,
    provider: 'local',
    state: 'ready',
    createdAt: new Date().toISOString(),
    repo: null,
    forkedFrom: null,
    history: [],
  }
  const leases: LeaseOperations = {
    ...local.leases,
    connect: async (handle, ctx) => lab.wrap(await local.leases.connect(handle, ctx)),
  }
  const tier = workspaceArchive(leases)
  const restores = workspaceArchiveRestore(leases)
  const {workdir} = lease
  const put = (checkpoint: Archived): Promise<void> =>
    openCatalog(stateDir).transact(rows => void rows.set(checkpoint.id, asCheckpoint(checkpoint)))
  let newest: Archived | null = null
  const lab: ArchiveLab = {
    context,
    lease,
    workdir,
    wrap: transport => transport,
    write: async (path, content) => {
      await mkdir(dirname(join(workdir, path)), {recursive: true})
      await writeFile(join(workdir, path), content)
    },
    create: async ({parent = newest, alike = null, excludes = [], signal = context.signal} = {}) => {
      await sleep(SETTLED)
      const id = newCheckpointId()
      const saved = {path: workdir, relative: '.'}
      const draft = draftRecord('workspace-archive', {
        ...{id, lease, name: null, repo: null, workdir: saved, labels: {}, note: null, version: '0.0.0'},
      })
      const record = (artifact: Archived['artifact']): Promise<void> => put({...draft, artifact})
      const created = await tier.create(
        {id, lease, workdir: saved, parent, alike, excludes, about: draft, record},
        {...context, signal},
      )
      const checkpoint: Archived = {...draft, state: 'ready', artifact: created.artifact, parent: created.parent}
      await put(checkpoint)
      newest = checkpoint
      return {...created, checkpoint}
    },
    restore: (checkpoint, target = workdir) => restores.restore({checkpoint, lease, target, dryRun: false}, context),
    undo: () => restores.undo({lease, target: workdir}, context),
    recover: () => restores.recover({lease, target: workdir}, context),
    verify: async checkpoint => (await tier.verify(checkpoint, context)).problems,
    remove: async checkpoint => {
      await put({...checkpoint, state: 'deleting'})
      await tier.delete(checkpoint, context)
      await openCatalog(stateDir).transact(rows => void rows.delete(checkpoint.id))
    },
  }
  return lab
}
