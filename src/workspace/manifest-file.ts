import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {gunzip, gzip, type ZlibOptions} from 'node:zlib'

import {isErrno, providerError, reasonOf} from '../core/errors.js'
import {isCheckpointId, type CheckpointId} from '../core/ids.js'
import {writeDurably} from '../state/files.js'
import {encodeRow, type Row} from './manifest-row.js'
import {isLayerDescriptor, type LayerDescriptor} from './layer/descriptor.js'
import {knowsFrames} from './layer/intact.js'
import type {Entry} from './entry.js'

/** What is known of a save beside its files. */
export interface SaveSummary {
  /** Bytes of all files. */
  readonly content: number
  /** Bytes of the layers that were added. */
  readonly layerBytes: number
  readonly excludes: readonly string[]
  readonly warnings: readonly string[]
  readonly parent: CheckpointId | null
}

/** What one manifest file adds to the manifest it is encoded against. */
export interface ManifestPart {
  readonly id: CheckpointId
  /** The manifest that this one changes; null for a whole tree. */
  readonly base: CheckpointId | null
  /** SHA-256 of the base's file, hex; null where it is not known. */
  readonly baseSha256?: string | null
  readonly layers: readonly LayerDescriptor[]
  readonly entries: readonly Entry[]
  readonly removed: readonly string[]
  readonly summary: SaveSummary
}

/** Versions of the format, oldest first. */
const VERSIONS = [1, 2, 3] as const

type Version = (typeof VERSIONS)[number]

/** What a manifest file holds. */
export interface ManifestFile {
  /** 2 where entries borrow, 3 where layers know their frames: whoever knows nothing of that refuses it. */
  readonly version: Version
  readonly id: CheckpointId
  readonly base: CheckpointId | null
  readonly baseSha256: string | null
  readonly layers: readonly LayerDescriptor[]
  readonly removed: readonly string[]
  readonly summary: SaveSummary
  readonly rows: readonly Row[]
}

/** Those of a manifest, the newest first. */
export type ManifestFiles = readonly [ManifestFile, ...ManifestFile[]]

const zip = promisify<Buffer, ZlibOptions, Buffer>(gzip)
const unzip = promisify<Buffer, ZlibOptions, Buffer>(gunzip)

/** Bytes that `zlib` makes before it comes back to the main thread: by default 16 kB of some megabytes. */
const STEP = {chunkSize: 1 << 20}

export const manifestFile = (directory: string, id: CheckpointId): string => join(directory, `${id}.json.gz`)

/** Writes a part durably. Returns the file's size in bytes and its SHA-256. */
export async function writeManifest(directory: string, part: ManifestPart): Promise<{bytes: number; sha256: string}> {
  const index = new Map(part.layers.map((layer, i) => [layer.name, i]))
  const rows = part.entries.map(entry => encodeRow(entry, index))
  const {id, base, baseSha256 = null, layers, removed, summary} = part
  const version = versionFor(part)
  const file: ManifestFile = {version, id, base, baseSha256, layers, removed, summary, rows}
  const packed = await zip(Buffer.from(JSON.stringify(file)), {level: 3, ...STEP})
  await writeDurably(manifestFile(directory, part.id), packed)
  return {bytes: packed.length, sha256: sha256(packed)}
}

/**
 * Reads the file of a manifest, and those that it is encoded against.
 * @param expected the SHA-256 of the first file, hex; checked where it is given. The others are checked where the file before them says theirs
 * @throws {CrabboxError} `MANIFEST_MISSING`, `MANIFEST_CORRUPT`
 */
export async function readManifestFiles(
  directory: string,
  id: CheckpointId,
  expected: string | null,
): Promise<ManifestFiles> {
  const own = await readPart(directory, id, expected)
  const parts: [ManifestFile, ...ManifestFile[]] = [own]
  for (let {base, baseSha256} = own; base !== null;) {
    if (parts.some(({id: seen}) => seen === base))
      throw badManifest(manifestFile(directory, base), 'it stands on itself')
    const part = await readPart(directory, base, baseSha256)
    parts.push(part)
    ;({base, baseSha256} = part)
  }

  return parts
}

async function readPart(directory: string, id: CheckpointId, expected: string | null): Promise<ManifestFile> {
  const path = manifestFile(directory, id)
  let packed: Buffer
  try {
    packed = await readFile(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
    throw providerError(
      'MANIFEST_MISSING',
      `the manifest ${path} is missing`,
      'Put the file back from a backup, or delete the checkpoint.',
      error,
    )
  }

  if (expected !== null && sha256(packed) !== expected) throw badManifest(path, 'its checksum is wrong')
  try {
    const file = JSON.parse((await unzip(packed, STEP)).toString('utf8')) as ManifestFile
    if (!VERSIONS.includes(file.version) || file.id !== id) throw new Error('it is not the manifest that its name says')
    if (!isWellFormed(file)) throw new Error('it makes no sense')
    return file
  } catch (error) {
    throw badManifest(path, reasonOf(error))
  }
}

/** The oldest that says it all. */
function versionFor({layers, entries}: ManifestPart): Version {
  if (layers.some(knowsFrames)) return 3
  return entries.some(entry => entry.borrowed === true) ? 2 : 1
}

/** What the types promise and a damaged file does not keep. Rows are checked one by one. */
const isWellFormed = ({base, layers, removed, rows}: ManifestFile): boolean =>
  (base === null || isCheckpointId(base)) &&
  [layers, removed, rows].every(Array.isArray) &&
  layers.every(isLayerDescriptor) &&
  rows.every(Array.isArray)

const badManifest = (path: string, why: string): Error =>
  providerError(
    'MANIFEST_CORRUPT',
    `the manifest ${path} is damaged: ${why}`,
    'Put the file back from a backup, or delete the checkpoint.',
  )

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
