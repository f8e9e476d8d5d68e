import {open, rename, rm, stat} from 'node:fs/promises'

import type {Checkpoint, Stored} from '../core/checkpoint.js'
import {busyError, providerError, reasonOf, usageError} from '../core/errors.js'
import type {Tier} from '../core/tier.js'
import {exportArchive} from '../workspace/export.js'
import {loadManifest} from '../workspace/manifest.js'
import {archiveStore} from '../workspace/store.js'
import {requireReady} from './checkpoint-record.js'
import type {Environment} from './environment.js'
import {withCheckpoint} from './locking.js'

/** Writes a checkpoint as one ordinary tarball. The file appears under its name when it is whole. Returns its bytes. */
export async function exportCheckpoint(
  checkpoint: Checkpoint,
  output: string,
  force: boolean,
  environment: Environment,
): Promise<number> {
  const stored = requireArchive(requireReady(checkpoint))
  if (!force && (await exists(output)))
    throw busyError(
      'OUTPUT_EXISTS',
      `${output} is there already`,
      'Choose another --output, or overwrite it with --force.',
    )
  const store = archiveStore(environment.stateDir)
  return withCheckpoint(environment.stateDir, stored.id, {mode: 'shared', what: 'checkpoint export'}, async () => {
    const manifest = await loadManifest(store.manifests, stored.id, stored.artifact.manifestSha256)
    const part = `${output}.${process.pid}.part`
    try {
      const file = await open(part, 'w', 0o600)
      try {
        await exportArchive(manifest, store, compressionOf(output), bytes => file.writeFile(bytes), environment)
        await file.sync()
      } finally {
        await file.close()
      }

      await rename(part, output)
      return (await stat(output)).size
    } catch (error) {
      await rm(part, {force: true}).catch(() => undefined)
      throw error instanceof Error && 'kind' in error
        ? error
        : providerError(
            'EXPORT_FAILED',
            `cannot write ${output}: ${reasonOf(error)}`,
            'Choose another --output.',
            error,
          )
    }
  })
}

function requireArchive(checkpoint: Stored<Tier>): Stored<'workspace-archive'> {
  if (checkpoint.tier === 'workspace-archive') return checkpoint as Stored<'workspace-archive'>
  throw usageError(
    'EXPORT_UNSUPPORTED',
    `${checkpoint.id} is a ${checkpoint.tier} checkpoint, which has no files here to export`,
    checkpoint.tier === 'recipe'
      ? 'Export works on workspace-archive checkpoints.'
      : 'Fork it, make a checkpoint of the fork with --mode archive, and export that.',
  )
}

function compressionOf(output: string): 'none' | 'gz' | 'zst' {
  if (/\.(?:tar\.gz|tgz)$/.test(output)) return 'gz'
  if (/\.(?:tar\.zst|tzst)$/.test(output)) return 'zst'
  if (output.endsWith('.tar')) return 'none'
  throw usageError(
    'OUTPUT_FORMAT',
    `${output} does not say which format it shall have`,
    'End the name with .tar, .tar.gz or .tar.zst.',
  )
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
