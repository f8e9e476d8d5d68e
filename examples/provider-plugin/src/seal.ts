import {createHash} from 'node:crypto'
import {readFile, writeFile} from 'node:fs/promises'

import {localTransport, runScript} from 'crabbox'

import {layerParts, stackOf, type LayerId} from './layers.js'

// Every write moves a change time, and nobody can set one.
const LIST = `exec find "$1" -xdev -printf '%P %y %m %U %G %s %C@ %l\\0'`

/** Writes down how a layer is from now on. */
export async function sealLayer(directory: string, layer: LayerId, signal: AbortSignal): Promise<void> {
  await writeFile(layerParts(directory, layer).seal, await digestOf(directory, layer, signal))
}

const READ = `exec find "$1" -xdev -type f -exec cat -- {} + | wc -c`

/** Looks at a layer and all below it: whether anything was changed, and whether every byte can be read. */
export async function checkLayers(
  directory: string,
  top: LayerId,
  signal: AbortSignal,
): Promise<{readonly problems: readonly string[]; readonly checkedBytes: number}> {
  const problems: string[] = []
  let checkedBytes = 0
  for (const layer of await stackOf(directory, top)) {
    const {tree, seal} = layerParts(directory, layer)
    const sealed = await readFile(seal, 'utf8').catch(() => null)
    if (sealed !== (await digestOf(directory, layer, signal))) problems.push(`${tree} was changed after it was saved.`)
    const {stdout, stderr} = await runScript(localTransport(), READ, [tree], signal, {purpose: `read ${tree}`})
    checkedBytes += Number(stdout.toString())
    if (stderr !== '') problems.push(`${tree} cannot be read: ${stderr.trim().split('\n', 1)[0]}.`)
  }

  return {problems, checkedBytes}
}

async function digestOf(directory: string, layer: LayerId, signal: AbortSignal): Promise<string> {
  const {tree} = layerParts(directory, layer)
  const {stdout} = await runScript(localTransport(), LIST, [tree], signal, {purpose: `list ${tree}`})
  const lines = stdout.toString('latin1').split('\0').sort()
  return createHash('sha256').update(lines.join('\0')).digest('hex')
}
