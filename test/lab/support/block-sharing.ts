import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {sh} from './shell.js'

/** File systems whose files can share blocks. */
export const BLOCK_SHARING = ['btrfs', 'xfs'] as const
export type BlockSharing = (typeof BLOCK_SHARING)[number]

/** A new file system of a type, in a file of this machine. */
export interface Mounted {
  readonly dir: string
  /** Bytes that are taken. */
  readonly used: () => number
  readonly close: () => void
}

/** Null where nothing can be mounted, as in most containers. */
export function mounted(type: BlockSharing): Mounted | null {
  const room = mkdtempSync(join(tmpdir(), `crabbox-${type}-`))
  const dir = join(room, 'mount')
  try {
    sh(
      'truncate -s 512M "$1/image" && mkfs."$2" -q "$1/image" && mkdir "$3" && mount -o loop "$1/image" "$3"',
      room,
      type,
      dir,
    )
  } catch {
    rmSync(room, {recursive: true})
    return null
  }

  return {
    dir,
    used: () => Number(sh('sync -f "$1" && df --block-size=1 --output=used "$1" | tail -n 1', dir)),
    close: () => {
      sh('umount "$1" || { sleep 1; umount "$1"; }', dir)
      rmSync(room, {recursive: true})
    },
  }
}

/** Whether they can be mounted on this machine. */
export function canMount(): boolean {
  const one = mounted('btrfs')
  one?.close()
  return one !== null
}
