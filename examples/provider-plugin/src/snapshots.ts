import {basename} from 'node:path'

import {
  notFoundError,
  throwIfAborted,
  usageError,
  type Context,
  type CreateRequest,
  type Created,
  type TierHandlers,
} from 'crabbox'

import {readCheckpoint, removeCheckpoint, writeCheckpoint, type CheckpointFile} from './checkpoint-file.js'
import {requireDirectory} from './directory.js'
import {freeze} from './freeze.js'
import {layerParts} from './layers.js'
import {readLease} from './lease-file.js'
import {openLease} from './open-lease.js'
import {refusal} from './privileges.js'
import {checkLayers} from './seal.js'
import {surveyTree} from './survey.js'

type Snapshots = TierHandlers<'provider-native'>

/** A checkpoint is a layer that nobody writes to any more; a fork stands on it, and so does the source from then on. */
export const snapshots: Snapshots = {
  guarantees: {
    preserves: [
      'all files of the lease, excluded ones too: content, modes, owners, times, extended attributes and ACLs',
      'hard links, also between files that lie in different layers',
    ],
    loses: ['running processes and memory', 'everything outside the lease', 'what is mounted inside the lease'],
    cost: 'the disk that the changed files take, without a copy; while programs use the lease, a copy of these',
    retention: 'until it is deleted; deleting one frees what no lease and no other checkpoint needs',
    security: 'readable by root only; holds whatever the lease held, secrets included',
  },
  probe: async ({id, details}) => {
    const reason = await refusal()
    if (reason !== null) return {ok: false, reason}
    const lease = await readLease({directory: await requireDirectory(details), id})
    return lease === null ? {ok: false, reason: `the lease ${id} is gone`} : {ok: true}
  },
  create,
  fork: async ({checkpoint, lease}, context) => {
    throwIfAborted(context.signal)
    const {reference, details} = checkpoint.artifact
    const directory = await requireDirectory(details)
    const saved = await readCheckpoint(directory, reference)
    if (saved === null) throw dataGone(directory, reference)
    const from = {layer: saved.layer, repoName: details['repository'] ?? lease.repoName}
    return openLease(lease, {directory, from}, context)
  },
  delete: async ({artifact: {reference, details}}) => removeCheckpoint(await requireDirectory(details), reference),
  verify: async ({artifact: {reference, details}}, {signal}) => {
    const directory = await requireDirectory(details)
    const saved = await readCheckpoint(directory, reference)
    if (saved === null) return {problems: [`${dataGone(directory, reference).message}.`], checkedBytes: 0}
    return checkLayers(directory, saved.layer, signal)
  },
}

async function create(request: CreateRequest<'provider-native'>, context: Context): ReturnType<Snapshots['create']> {
  const {id, lease, workdir, record} = request
  throwIfAborted(context.signal)
  if (workdir.relative === null) throw outside(workdir.path)
  const directory = await requireDirectory(lease.details)
  const details = {directory, repository: basename(lease.workdir)}
  const artifact = {mechanism: 'overlayfs-layer', reference: id, details}
  await record(artifact)
  throwIfAborted(context.signal)
  const known = await readCheckpoint(directory, id)
  const saved = known?.saved ?? (await save(request, directory, context))
  return {artifact, ...saved, parent: null} satisfies Created<'provider-native'>
}

/** An attempt that was interrupted is begun anew. */
async function save(
  {id, lease}: CreateRequest<'provider-native'>,
  directory: string,
  context: Context,
): Promise<NonNullable<CheckpointFile['saved']>> {
  await removeCheckpoint(directory, id)
  try {
    const {layer, content, entries, warnings} = await freeze({directory, id: lease.id}, id, context)
    const {content: stored} = await surveyTree(layerParts(directory, layer).tree, context.signal)
    const saved = {sizes: {content, stored, entries}, warnings}
    await writeCheckpoint(directory, id, {layer, saved})
    return saved
  } catch (error) {
    await removeCheckpoint(directory, id).catch(() => undefined)
    throw error
  }
}

const outside = (path: string): Error =>
  usageError('WORKDIR_REFUSED', `${path} lies outside the lease`, 'Save it with --mode archive.')

const dataGone = (directory: string, id: string): Error =>
  notFoundError('CHECKPOINT_DATA_GONE', `the layers of ${id} are gone from ${directory}`, 'Delete the checkpoint.')
