import {runScript} from '../transports/script.js'
import {modesOf, plainTar} from './dialect/plain-send.js'
import type {LayerSource} from './layer-source.js'
import {readEntries} from './read-entries.js'
import type {StageRequest} from './stage-request.js'
import {OVERTAKEN} from './script-parts.js'
import {BLOCK} from './tar/header.js'

const STORE = `cd -- "$1/staging" && [ "$(cat owner)" = "$3" ] || exit ${OVERTAKEN}
cat > "dirs.$2"`

/** Metadata of directories is applied by the swap itself, so it travels ahead of it, as a small tarball. */
export async function sendDirectories(
  {transport, tools, owner, plan: {directories}}: StageRequest,
  sidecar: string,
  source: LayerSource,
  signal: AbortSignal,
): Promise<void> {
  if (directories.length === 0) return
  const store = async (kind: 'tar' | 'modes', input: Buffer): Promise<void> =>
    void (await runScript(transport, STORE, [sidecar, kind, owner], signal, {purpose: 'prepare directories', input}))
  const plain = tools.tar.name === 'plain'
  const pieces: Buffer[] = []
  const raw = readEntries(directories, source, signal)
  for await (const piece of plain ? plainTar().convert(raw) : raw) pieces.push(piece)
  await store('tar', Buffer.concat([...pieces, Buffer.alloc(2 * BLOCK)]))
  if (plain) await store('modes', modesOf(directories))
}
