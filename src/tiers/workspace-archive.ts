import {randomUUID} from 'node:crypto'

import {CrabboxError, throwIfAborted} from '../core/errors.js'
import type {CreateRequest, ForkRequest, TierHandlers} from '../core/handlers.js'
import type {LeaseOperations} from '../core/provider.js'
import {baselineFile, baselineFiles} from '../workspace/baseline.js'
import {probeHost} from '../workspace/host.js'
import {loadManifest, type Manifest} from '../workspace/manifest.js'
import {restoreTree} from '../workspace/restore.js'
import {dropReceived, type Received} from '../workspace/received.js'
import type {SavedBefore} from '../workspace/save-request.js'
import {saveWorkspace} from '../workspace/save.js'
import {savedAlready} from '../workspace/saved-already.js'
import {archiveStore} from '../workspace/store.js'
import {verifyArchive} from '../workspace/verify-archive.js'
import {collectGarbage} from './archive-garbage.js'
import {forkGroups, inTurn} from './fork-group.js'
import {intoNewLease} from './new-lease.js'
import {withTransportAgain} from './with-transport.js'

/** What the archive needs of a provider: a place to put files, and a shell to put them there with. */
export type ArchiveLeases = Pick<LeaseOperations, 'acquire' | 'connect' | 'release' | 'shareHost'>

/** Saves a workdir into layers in the state directory. Works over any transport, and between providers. */
export const workspaceArchive = (leases: ArchiveLeases): TierHandlers<'workspace-archive'> => {
  const groups = forkGroups()
  return {
    guarantees: {
      preserves: [
        'all files below the workdir: content, modes, owners, times, links, sparseness, extended attributes and ACLs',
      ],
      loses: [
        'installed system packages and services',
        'running processes and memory',
        'everything outside the workdir',
        '.crabbox/env and .crabbox/scripts, sockets, device nodes',
      ],
      cost: 'local disk: compressed, and only what changed since the parent checkpoint',
      retention: 'until it is deleted',
      security: 'readable by your user only; holds whatever the workdir held, secrets included',
    },
    probe: (lease, context) =>
      withTransportAgain(leases, lease, context, async transport => {
        await probeHost(transport, context.signal)
        return {ok: true} as const
      }).catch((error: unknown) => {
        // A host that is out of reach is no reason to choose another tier.
        if (error instanceof CrabboxError && error.code === 'HOST_TOOLS_UNSUPPORTED')
          return {ok: false, reason: error.message} as const
        throw error
      }),
    create: (request, context) => create(leases, request, context),
    fork: (request, context) => fork(leases, groups, request, context),
    delete: (checkpoint, context) => collectGarbage(context.stateDir, checkpoint),
    verify: ({id, artifact}, context) => verifyArchive(archiveStore(context.stateDir), id, artifact, context),
  }
}

type Handlers = TierHandlers<'workspace-archive'>
type Context = Parameters<Handlers['create']>[1]

async function create(
  leases: ArchiveLeases,
  request: CreateRequest<'workspace-archive'>,
  context: Context,
): ReturnType<Handlers['create']> {
  throwIfAborted(context.signal)
  const store = archiveStore(context.stateDir)
  const done = await savedAlready(store, request.id)
  if (done !== null) return done
  const {id, lease, workdir, excludes, parent, alike, record} = request
  const saved = (one: typeof parent): SavedBefore | null => (one === null ? null : {id: one.id, artifact: one.artifact})
  const received: Received[] = []
  const saving = withTransportAgain(leases, lease, context, transport =>
    saveWorkspace(
      {
        id,
        transport,
        store,
        record,
        workdir: workdir.path,
        patterns: excludes,
        parent: saved(parent),
        alike: saved(alike ?? null),
        received,
        baselineFile: baselineFile(store.baselines, lease.id, workdir.path, 'current'),
      },
      context,
    ),
  )
  const used = await saving.then(
    ({artifact}) => artifact.layers,
    () => [],
  )
  await dropReceived(store.layers, received, used)
  return saving
}

async function fork(
  leases: ArchiveLeases,
  groups: ReturnType<typeof forkGroups>,
  request: ForkRequest<'workspace-archive'>,
  context: Context,
): ReturnType<Handlers['fork']> {
  throwIfAborted(context.signal)
  const store = archiveStore(context.stateDir)
  const {id, artifact} = request.checkpoint
  const load = (): Promise<Manifest> => loadManifest(store.manifests, id, artifact.manifestSha256)
  const attempt = randomUUID()
  return groups(`${store.manifests} ${id} ${artifact.manifestSha256}`, load, async group => {
    // Before anything is acquired, which may cost money: is there something to put on it?
    const manifest = await group.manifest
    return intoNewLease(leases, request.lease, context, lease =>
      inTurn(group, lease, leases.shareHost, ({twin, filled}) =>
        withTransportAgain(leases, lease, context, async transport => {
          await restoreTree(
            {
              transport,
              attempt,
              manifest,
              target: lease.workdir,
              twin,
              onFilled: filled,
              layersDirectory: store.layers,
              excludes: [],
              baselines: baselineFiles(store.baselines, lease.id, lease.workdir),
              loadTree: async () => null,
              undo: 'drop',
              dryRun: false,
            },
            context,
          )
        }),
      ),
    )
  })
}
