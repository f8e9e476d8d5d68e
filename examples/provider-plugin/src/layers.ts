import {randomBytes} from 'node:crypto'
import {mkdir, readFile, rm, rmdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

import {localTransport, notFoundError, runScript} from 'crabbox'

/**
 * A directory below `layers/`, with
 * - `tree`: what it adds to the layers below it, as OverlayFS writes it;
 * - `work`: OverlayFS's scratch, for as long as a lease writes here;
 * - `below`: the layer that it stands on, if any;
 * - `users`: a file for everyone who needs it: leases, checkpoints, and layers that stand on it.
 *
 * The kernel counts for us: `users` can be removed only when it is empty, and nobody can become a user afterwards. So no lock is
 * needed, whoever else is at work.
 */
export type LayerId = string

/** Short: the paths of all layers of a mount have to fit into one page. */
export const newLayerId = (): LayerId => `l${randomBytes(6).toString('hex')}`

/** Of what a layer is made. */
export const layerParts = (
  directory: string,
  id: LayerId,
): {
  readonly tree: string
  readonly work: string
  readonly below: string
  readonly users: string
  readonly seal: string
} => {
  const part = (name: string): string => join(directory, 'layers', id, name)
  return {tree: part('tree'), work: part('work'), below: part('below'), users: part('users'), seal: part('seal')}
}

/**
 * Makes an empty layer that has one user, or completes one. Its id is to be written down before.
 * @throws {CrabboxError} `LAYER_GONE`
 */
export async function makeLayer(directory: string, id: LayerId, below: LayerId | null, user: string): Promise<void> {
  const parts = layerParts(directory, id)
  for (const part of [parts.tree, parts.work, parts.users]) await mkdir(part, {recursive: true, mode: 0o700})
  await writeFile(parts.below, below ?? '')
  await claimLayer(directory, id, user)
  if (below !== null) await claimLayer(directory, below, id)
}

/** @throws {CrabboxError} `LAYER_GONE` */
export async function claimLayer(directory: string, id: LayerId, user: string): Promise<void> {
  await writeFile(join(layerParts(directory, id).users, user), '').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? layerGone(directory, id) : error
  })
}

/** Takes a user from a layer. One that nobody needs any more goes, and with it those below that only it needed. */
export async function dropLayer(directory: string, id: LayerId, user: string): Promise<void> {
  const {users} = layerParts(directory, id)
  await rm(join(users, user), {force: true})
  if (!(await removeIfEmpty(users))) return
  const below = await layerBelow(directory, id).catch(() => null)
  if (below !== null) await dropLayer(directory, below, id)
  await removeTree(join(directory, 'layers', id))
}

/** The layer that another one stands on. */
export async function layerBelow(directory: string, id: LayerId): Promise<LayerId | null> {
  const text = await readFile(layerParts(directory, id).below, 'utf8').catch(() => {
    throw layerGone(directory, id)
  })
  return text === '' ? null : text
}

/** A layer and all below it, from the top. */
export async function stackOf(directory: string, top: LayerId | null): Promise<LayerId[]> {
  const stack: LayerId[] = []
  for (let id = top; id !== null; id = await layerBelow(directory, id)) stack.push(id)
  return stack
}

/** Names that are no UTF-8 are beyond what Node can remove. */
export async function removeTree(path: string): Promise<void> {
  const never = new AbortController().signal
  await runScript(localTransport(), 'exec rm -rf --one-file-system -- "$1"', [path], never, {purpose: `remove ${path}`})
}

async function removeIfEmpty(path: string): Promise<boolean> {
  try {
    await rmdir(path)
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOTEMPTY') return false
    if (code !== 'ENOENT') throw error
  }

  return true
}

const layerGone = (directory: string, id: LayerId): Error =>
  notFoundError('LAYER_GONE', `the layer ${id} is gone from ${directory}`, 'Use another checkpoint.')
