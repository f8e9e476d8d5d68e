import {spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {join} from 'node:path'

import {projectRoot} from './storyteller.js'

/** Builds the CLI unless `npm ci` has. */
export function buildWhenMissing() {
  if (!existsSync(join(projectRoot, 'node_modules')))
    throw new Error('The packages are not installed: run `npm ci` first.')
  if (existsSync(join(projectRoot, 'dist', 'commands'))) return
  const build = spawnSync('npm', ['run', 'build'], {cwd: projectRoot, stdio: 'inherit'})
  if (build.status !== 0) throw new Error('The build failed.')
}
