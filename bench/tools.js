import {spawnSync} from 'node:child_process'

const TOOLS = {
  tar: '--version',
  zstd: '--version',
  rsync: '--version',
  cp: '--version',
  git: '--version',
  npm: '--version',
}

/** The peers must be there before anything is measured. */
export function requireTools() {
  const missing = Object.entries(TOOLS).filter(([tool, flag]) => spawnSync(tool, [flag]).status !== 0)
  if (missing.length > 0)
    throw new Error(`The bench needs ${missing.map(([tool]) => tool).join(', ')}: install that first.`)
}
