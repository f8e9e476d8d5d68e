import {throwIfAborted} from '../core/errors.js'
import type {Context} from '../core/context.js'
import type {Created, CreateRequest} from '../core/handlers.js'
import type {LeaseOperations} from '../core/provider.js'
import {baselineFile, readBaseline} from '../workspace/baseline.js'
import {dropReceived, type Received} from '../workspace/received.js'
import {saveBase, type SavedBefore, type SaveOrigin} from '../workspace/save-base.js'
import {saveWorkspace} from '../workspace/save.js'
import {savedAlready} from '../workspace/saved-already.js'
import {archiveStore} from '../workspace/store.js'
import {withTransportAgain} from './with-transport.js'

/** Saves a workdir into the store. What came before a connection was lost is used again; the same id again answers with what it has made. */
export async function createArchive(
  leases: Pick<LeaseOperations, 'connect'>,
  request: CreateRequest<'workspace-archive'>,
  context: Context,
): Promise<Created<'workspace-archive'>> {
  throwIfAborted(context.signal)
  const store = archiveStore(context.stateDir)
  const done = await savedAlready(store, request.id)
  if (done !== null) return done
  const {id, lease, workdir, excludes, parent, alike, record} = request
  const saved = (one: typeof parent): SavedBefore | null => (one === null ? null : {id: one.id, artifact: one.artifact})
  const origin: SaveOrigin = {
    store,
    parent: saved(parent),
    alike: saved(alike ?? null),
    baselineFile: baselineFile(store.baselines, lease.id, workdir.path, 'current'),
  }
  const received: Received[] = []
  let reached: (is: boolean) => void = () => undefined
  const looked = readBaseline(origin.baselineFile)
  const base = saveBase(origin, looked, new Promise(resolve => (reached = resolve)))
  const wish = {...origin, id, base, looked, record, received, workdir: workdir.path, patterns: excludes}
  const saving = withTransportAgain(leases, lease, context, transport => {
    reached(true)
    return saveWorkspace({...wish, transport}, context)
  })
  // Where no host is reached, nobody asks for it.
  await Promise.allSettled([base, saving.finally(() => reached(false))])
  const used = await saving.then(
    ({artifact}) => artifact.layers,
    () => [],
  )
  await dropReceived(store.layers, received, used)
  return saving
}
