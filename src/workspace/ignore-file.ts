import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {IGNORE_FILE} from './excludes.js'
import type {Stat} from './stat.js'

/** The patterns in the workdir's own ignore file, without comments and blank lines. */
export async function readIgnoreFile(
  transport: Transport,
  workdir: string,
  stats: readonly Stat[],
  signal: AbortSignal,
): Promise<string[]> {
  if (!stats.some(stat => stat.path === IGNORE_FILE && stat.type === 'file')) return []
  const {stdout} = await runScript(transport, 'cat -- "$1"', [`${workdir}/${IGNORE_FILE}`], signal, {
    purpose: `read ${IGNORE_FILE}`,
  })
  return stdout
    .toString('utf8')
    .split(/\r?\n/)
    .filter(line => line.trim() !== '' && !line.startsWith('#'))
}
