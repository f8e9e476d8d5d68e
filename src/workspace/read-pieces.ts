import type {FileHandle} from 'node:fs/promises'

import {throwIfAborted} from '../core/errors.js'
import {groupByLayer, rangesOf} from './by-layer.js'
import type {Entry} from './entry.js'
import {entryChecker} from './entry-checker.js'
import type {LayerSource} from './layer-source.js'
import type {Compression, LayerDescriptor} from './layer/descriptor.js'
import {forwardLayer, forwardedBytes} from './layer/forward.js'
import {isIntact, knowsFrames} from './layer/intact.js'
import {damaged, openLayer, readLayer} from './layer/reader.js'
import type {SentPiece} from './pack.js'
import {cutter} from './stretches.js'

/**
 * The tar bytes of entries on their way to somebody who unpacks them, with the frames of their layers where these are sent whole.
 * @param forward in what whole frames can be sent without being unpacked here, where the layer is the file that was stored: every
 * entry in it was checked then. Null: everything is checked now
 * @throws {CrabboxError} `LAYER_CORRUPT`, `LAYER_MISSING`
 */
export async function* readPieces(
  entries: readonly Entry[],
  source: LayerSource,
  signal: AbortSignal,
  forward: Compression | null = null,
): AsyncGenerator<SentPiece> {
  for (const [name, wanted] of groupByLayer(entries)) {
    const layer = source.layers.get(name)
    if (layer === undefined) throw new Error(`no descriptor of layer ${name}`)
    // To hash all of a layer is cheap beside unpacking it, but not beside unpacking a frame of it.
    const enough = knowsFrames(layer) ? 0 : layer.bytes / 4
    const worthIt = (wholeBytes(layer, wanted, source, forward) ?? 0) > enough
    await using file = worthIt ? await openIntact(source.directory, layer, signal) : null
    if (file === null) yield* checkPieces(layer, wanted, source.directory, signal)
    else yield* forwardPieces(file, layer, wanted, source.directory, signal)
  }
}

/** Whether nearly all that is wanted lies in whole frames that can be sent without being unpacked, as far as the manifest tells. */
export function mostlyWhole(entries: readonly Entry[], source: LayerSource, forward: Compression): boolean {
  let [whole, all] = [0, 0]
  for (const [name, wanted] of groupByLayer(entries)) {
    const layer = source.layers.get(name)
    if (layer === undefined) return false
    const bytes = wholeBytes(layer, wanted, source, forward)
    if (bytes === null) return false
    whole += bytes
    all += layer.bytes
  }

  return whole > all / 2
}

/** Bytes of a layer that could be sent as they lie there, as far as the manifest tells. Null: none may be; borrowed content has to be given another header. */
function wholeBytes(
  layer: LayerDescriptor,
  wanted: readonly Entry[],
  {sealed}: LayerSource,
  forward: Compression | null,
): number | null {
  const possible = sealed === true && layer.compression === forward && !wanted.some(entry => entry.borrowed === true)
  return possible ? forwardedBytes(layer, rangesOf(wanted)) : null
}

/**
 * The file of a layer that is what was stored, or whose frames tell whether they are. Null: it is not there, or not what it was; whoever looks at
 * every entry finds out why.
 */
async function openIntact(directory: string, layer: LayerDescriptor, signal: AbortSignal): Promise<FileHandle | null> {
  const file = await openLayer(directory, layer).catch(() => null)
  if (file === null) return null
  if (knowsFrames(layer) || (await isIntact(file, layer, signal).catch(() => false))) return file
  await file.close()
  throwIfAborted(signal)
  return null
}

async function* forwardPieces(
  file: FileHandle,
  layer: LayerDescriptor,
  wanted: readonly Entry[],
  directory: string,
  signal: AbortSignal,
): AsyncGenerator<SentPiece> {
  for await (const {length, bytes, packed} of forwardLayer(file, directory, layer, rangesOf(wanted), signal))
    yield {length, bytes, packed: frameOf(layer, packed)}
}

async function* checkPieces(
  layer: LayerDescriptor,
  wanted: readonly Entry[],
  directory: string,
  signal: AbortSignal,
): AsyncGenerator<SentPiece> {
  const lent: Buffer[] = []
  const check = entryChecker(layer, wanted, bytes => void lent.push(bytes))
  const cut = cutter(wanted)
  let position = wanted[0]?.at ?? 0
  check.seek(position)
  for await (const piece of readLayer(directory, layer, rangesOf(wanted), signal)) {
    if (piece.offset !== position) check.seek(piece.offset)
    position = piece.offset + piece.bytes.length
    for (const {bytes, borrowed} of cut(piece)) {
      check.feed(bytes)
      const whole = bytes.length === piece.bytes.length ? piece.packed : null
      const sent = borrowed ? Buffer.concat(lent.splice(0)) : bytes
      if (sent.length > 0) yield {length: sent.length, bytes: sent, packed: borrowed ? null : frameOf(layer, whole)}
    }
  }

  if (!check.idle()) throw damaged(layer, 'its last entry is incomplete')
}

const frameOf = ({compression}: LayerDescriptor, frame: Buffer | null): SentPiece['packed'] =>
  frame === null ? null : {compression, frame}
