import {randomBytes} from 'node:crypto'
import {statSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {join} from 'node:path'

import {statePaths} from '../../src/state/paths.js'
import type {ArchiveLab, Made} from './archive-lab.js'

/** A mebibyte. */
export const MB = 1 << 20

/** A tree as a package manager leaves it, some megabytes of it, and one of them twice. */
export interface Modules {
  readonly content: readonly Buffer[]
  readonly install: () => Promise<void>
  /** Removes it and makes it anew: the content is the same, and no file is. */
  readonly reinstall: () => Promise<void>
  /** Bytes of the layer that a checkpoint has added. */
  readonly layerOf: (made: Made) => number
}

export function modulesIn(lab: () => ArchiveLab): Modules {
  const content = Array.from({length: 6}, (_, i) => randomBytes(MB + i))
  const install = async (): Promise<void> => {
    const {write} = lab()
    for (const [i, bytes] of content.entries()) await write(`modules/${i}/index.js`, bytes)
    await write('modules/copy.js', content[0] ?? '')
  }
  return {
    content,
    install,
    reinstall: async () => {
      await rm(join(lab().workdir, 'modules'), {recursive: true})
      await install()
    },
    layerOf: ({checkpoint}) => {
      const own = checkpoint.artifact.layers.find(name => name.startsWith(checkpoint.id))
      return own === undefined ? 0 : statSync(join(statePaths(lab().context.stateDir).layers, own)).size
    },
  }
}
