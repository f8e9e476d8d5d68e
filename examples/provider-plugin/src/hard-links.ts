import {chmod, lchown, lstat, readdir} from 'node:fs/promises'
import {join} from 'node:path'

import {layerParts, type LayerId} from './layers.js'
import type {LinkedNames} from './survey.js'

/**
 * A file that lies below under several names moves into the lease's layer when it is written to under one of them. That the
 * others mean the same file now is noted in the index, which is in the scratch directory: a layer that lies below has none. So before a
 * layer is frozen the other names are moved there, too. Needs the lease mounted.
 */
export async function joinHardLinks(
  directory: string,
  layer: LayerId,
  mountPoint: string,
  linked: readonly LinkedNames[],
): Promise<void> {
  const {tree, work} = layerParts(directory, layer)
  const index = await readdir(join(work, 'index')).catch(() => [])
  if (index.length === 0) return
  for (const {type, paths} of linked) {
    const moved = await Promise.all(paths.map(path => exists(below(tree, path))))
    if (!moved.includes(true)) continue
    for (const [i, path] of paths.entries()) if (moved[i] !== true) await touch(below(mountPoint, path), type)
  }
}

/** What changes nothing moves a file, too, where it is written as a change. */
async function touch(path: Buffer, type: LinkedNames['type']): Promise<void> {
  const {mode, uid, gid} = await lstat(path)
  if (type === 'f') await chmod(path, mode & 0o7777)
  else await lchown(path, uid, gid)
}

const exists = (path: Buffer): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

const below = (root: string, path: string): Buffer =>
  Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')])
