import type {Context} from '../../core/context.js'
import {CrabboxError, throwIfAborted} from '../../core/errors.js'
import type {Created, CreateRequest} from '../../core/handlers.js'
import type {Transport} from '../../core/transport.js'
import {ALWAYS_EXCLUDED_PATHS} from '../../workspace/excludes.js'
import {withTransportAgain} from '../with-transport.js'
import {rememberSaved} from './baseline.js'
import {excludesUnsupported} from './failures.js'
import {onHost, type HostSnapshotLeases} from './leases.js'
import {sizesIn} from './marker.js'
import {artifactOf, placeOf} from './place.js'
import {runOnHost} from './run.js'
import {LOOK, SAVE} from './scripts.js'

type Request = CreateRequest<'provider-native'>

/** Copies the workdir beside the leases. */
export async function create(
  leases: HostSnapshotLeases,
  request: Request,
  context: Context,
): Promise<Created<'provider-native'>> {
  throwIfAborted(context.signal)
  const {id, lease, excludes, record} = request
  if (excludes.length > 0) throw excludesUnsupported()
  const artifact = artifactOf(id, lease)
  await record(artifact)
  const saved = await withTransportAgain(leases, lease, context, transport =>
    save(transport, request, placeOf({id, artifact}), context),
  ).catch(async (error: unknown) => {
    if (!(error instanceof CrabboxError) || error.code !== 'LEASE_GONE') throw error
    return savedBefore(leases, request, placeOf({id, artifact}), context).catch(() => Promise.reject(error))
  })
  return {artifact, parent: null, ...saved}
}

type Saved = Pick<Created<'provider-native'>, 'sizes' | 'warnings'>

async function save(
  transport: Transport,
  request: Request,
  place: readonly string[],
  context: Context,
): Promise<Saved> {
  const {path} = request.workdir
  const task = context.progress.start('saving', undefined, 'files')
  try {
    const output = await runOnHost(
      transport,
      {script: SAVE, args: [...place, path, ...ALWAYS_EXCLUDED_PATHS], purpose: `save ${path} on its host`},
      context.signal,
    )
    const [marker = '', begun = ''] = output.split('\n')
    return {
      sizes: sizesIn(marker),
      warnings: begun === '' ? [] : await rememberSaved(transport, request, begun, context),
    }
  } finally {
    task.done()
  }
}

/** An id that was saved is answered whatever has become of the lease. */
async function savedBefore(
  leases: HostSnapshotLeases,
  {lease}: Request,
  place: readonly string[],
  context: Context,
): Promise<Saved> {
  const marker = await onHost(leases, lease.details, context, transport =>
    runOnHost(transport, {script: LOOK, args: place, purpose: 'look for the saved state'}, context.signal),
  )
  return {sizes: sizesIn(marker), warnings: []}
}
