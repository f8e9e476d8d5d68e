import {readFile} from 'node:fs/promises'

import {configError} from 'crabbox'

/** The number of CAP_SYS_ADMIN, from linux/capability.h. */
const SYS_ADMIN = 21n

/**
 * Only the superuser mounts, and in a container not even he, unless it was given the right.
 * @throws {CrabboxError} `OVERLAYFS_NOT_PERMITTED`
 */
export async function requirePrivileges(): Promise<void> {
  const reason = await refusal()
  if (reason !== null)
    throw configError(
      'OVERLAYFS_NOT_PERMITTED',
      `overlay mounts cannot be made: ${reason}`,
      'Run crabbox as root, in a container with CAP_SYS_ADMIN, or use --provider local.',
    )
}

/** Why this process cannot mount, or null. */
export async function refusal(): Promise<string | null> {
  if (process.platform !== 'linux') return 'this is no Linux'
  if (process.geteuid?.() !== 0) return 'that takes root'
  return mayMount(await readFile('/proc/self/status', 'utf8')) ? null : 'this process lacks CAP_SYS_ADMIN'
}

/** Reads `/proc/<pid>/status`. */
export function mayMount(status: string): boolean {
  const effective = /^CapEff:\s*([\da-f]+)$/m.exec(status)?.[1] ?? '0'
  return ((BigInt(`0x${effective}`) >> SYS_ADMIN) & 1n) === 1n
}
