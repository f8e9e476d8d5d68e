import {once} from 'node:events'
import {createReadStream} from 'node:fs'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {join} from 'node:path'
import {pack as createPack, type Pack} from 'tar-stream'

import type {Context} from '../core/context.js'
import {throwIfAborted} from '../core/errors.js'
import type {Lease} from '../core/lease.js'
import type {Transport} from '../core/transport.js'
import {hostFailure, runScript, startScript} from '../transports/script.js'
import {clientId} from '../workspace/attempt.js'
import {plainTar} from '../workspace/dialect/plain-send.js'
import type {TarDialect} from '../workspace/dialect/tar.js'
import {workdirNotFound} from '../workspace/heard-listing.js'
import {BLOCK} from '../workspace/tar/header.js'
import {openTarget} from '../workspace/open-target.js'
import {readSynced, writeSynced} from './synced.js'
import {planSync, type SyncPlan} from './sync-plan.js'
import {listCheckout, type LocalFile} from './checkout-files.js'

export interface SyncResult {
  readonly sent: number
  readonly removed: number
}

const REMOVE = 'cd -- "$1" && xargs -0 rm -rf --'
const EXTRACT =
  'mkdir -p -- "$1" && exec tar --extract --file=- --directory="$1" --preserve-permissions --no-same-owner'
const PLAIN_EXTRACT = 'mkdir -p -- "$1" && exec tar -x -p -o -f - -C "$1"'

/**
 * Brings a lease's workdir up to the local checkout: what git tracks, and untracked files that are not ignored. What else is
 * on the lease stays, except files that an earlier sync brought and that are gone from the checkout since.
 */
export async function syncCheckout(
  root: string,
  lease: Lease,
  transport: Transport,
  context: Context,
): Promise<SyncResult> {
  const {stateDir, signal, progress} = context
  const {files, warnings} = await listCheckout(root)
  for (const warning of warnings) progress.warn(warning)
  const {tools, listing} = await openTarget(transport, lease.workdir, 'sync', signal, {client: clientId(stateDir)})
  if (listing === null) throw workdirNotFound(lease.workdir)
  const before = await readSynced(stateDir, lease.id)
  const plan = planSync(files, listing.stats, before, tools.tar.sameTime)
  // What an interrupted sync has brought has to go, too, when it is not in the checkout any more.
  const fresh = files.filter(({path}) => !before.has(path))
  if (fresh.length > 0)
    await writeSynced(stateDir, lease.id, new Map([...before, ...fresh.map(({path}) => [path, ''] as const)]))
  if (plan.remove.length > 0) {
    const input = plan.remove.map(path => `./${path}\0`).join('')
    await runScript(transport, REMOVE, [lease.workdir], signal, {
      purpose: 'remove files from the lease',
      input: Buffer.from(input, 'utf8'),
    })
  }

  await send(root, plan, lease, transport, tools.tar, context)
  await writeSynced(stateDir, lease.id, new Map(files.map(({path, changed}) => [path, changed])))
  return {sent: plan.send.length, removed: plan.remove.length}
}

async function send(
  root: string,
  plan: SyncPlan,
  lease: Lease,
  transport: Transport,
  tar: TarDialect,
  {signal, progress}: Context,
): Promise<void> {
  if (plan.send.length === 0) return
  const task = progress.start(
    'syncing',
    plan.send.reduce((sum, file) => sum + file.size, 0),
    'bytes',
  )
  const plain = tar.name === 'plain'
  const running = startScript(transport, plain ? PLAIN_EXTRACT : EXTRACT, [lease.workdir], signal)
  running.stdout.resume()
  const errors: Buffer[] = []
  running.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
  const pack = createPack()
  const sending = pipeline(plain ? Readable.from(plainBytes(pack)) : pack, running.stdin).catch(() => undefined)
  try {
    for (const file of plan.send) {
      throwIfAborted(signal)
      const added = addFile(pack, root, file)
      // Once the host has ended, nobody waits for the file any more.
      added.catch(() => undefined)
      await Promise.race([added, running.exit])
      task.advance(file.size)
    }

    pack.finalize()
  } catch (error) {
    throwIfAborted(signal)
    // Where the host has stopped reading, its own reason tells more than the broken stream.
    if (!running.stdin.destroyed) {
      running.kill('SIGKILL')
      throw error
    }
  } finally {
    task.done()
  }

  const [exit] = await Promise.all([running.exit, sending])
  throwIfAborted(signal)
  if (exit.code !== 0)
    throw hostFailure('sync to the lease', exit.code ?? exit.signal, Buffer.concat(errors).toString('utf8'))
}

async function* plainBytes(pack: Pack): AsyncGenerator<Buffer> {
  yield* plainTar().convert(pack as unknown as AsyncIterable<Buffer>)
  yield Buffer.alloc(2 * BLOCK)
}

/** A file is read up to the size that it was listed with: what grows meanwhile is sent by the next sync. */
async function addFile(pack: Pack, root: string, file: LocalFile): Promise<void> {
  const header = {
    name: file.path,
    mode: file.mode,
    pax: {mtime: file.mtime},
    mtime: new Date(Number(file.mtime) * 1000),
  }
  if (file.type === 'symlink') {
    pack.entry({...header, type: 'symlink', linkname: file.target})
    return
  }

  const entry = pack.entry({...header, type: 'file', size: file.size})
  // A host that has ended breaks the stream; its exit is what the sync waits for.
  entry.on('error', () => undefined)
  let sent = 0
  if (file.size > 0) {
    for await (const chunk of createReadStream(join(root, file.path), {end: file.size - 1}) as AsyncIterable<Buffer>) {
      sent += chunk.length
      if (!entry.write(chunk)) await once(entry, 'drain')
    }
  }

  const finished = once(entry, 'finish')
  // A file that shrank is filled up, as tar does it; the next sync sees that it changed.
  entry.end(Buffer.alloc(file.size - sent))
  await finished
}
