import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

import {projectRoot} from './project.js'

/** Makes a package that depends on this one, with the files that are given, and returns its directory. */
export function makeConsumer(dir: string, files: Readonly<Record<string, string>>): string {
  for (const [path, content] of Object.entries({'package.json': '{"type": "module"}', ...files})) {
    mkdirSync(dirname(join(dir, path)), {recursive: true})
    writeFileSync(join(dir, path), content)
  }

  mkdirSync(join(dir, 'node_modules'))
  symlinkSync(projectRoot, join(dir, 'node_modules', 'crabbox'))
  // Declarations of the SDK speak of streams and buffers.
  symlinkSync(join(projectRoot, 'node_modules', '@types'), join(dir, 'node_modules', '@types'))
  return dir
}
