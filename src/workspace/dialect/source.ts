import {text} from 'node:stream/consumers'

import type {Transport} from '../../core/transport.js'
import {hostFailure, startScript} from '../../transports/script.js'
import {FRAME_BYTES} from '../layer/descriptor.js'
import {pathList} from '../path-list.js'
import type {Stat} from '../stat.js'
import {cutShort, readTarComplaints, TAR_STATUS} from '../tar-complaints.js'
import {lookAgain, warningsOf} from './look-again.js'
import {plainSource} from './plain-capture.js'
import {lossOf, type TarSource} from './tar-source.js'
import type {TarDialect} from './tar.js'

// A pipeline ends with the status of its last command; that of tar comes among its complaints. split starts its filter with the
// user's shell, which may read a profile that prints.
const packedWith = (create: string): string =>
  `{ (${create}); echo "${TAR_STATUS}$?" >&2; } | SHELL=/bin/sh split -b ${FRAME_BYTES} --filter='exec zstd -q -1 -c' -`

/**
 * Reads files of a directory on a host, in the order of the list, as a tarball.
 * @param packed whether it comes in zstd frames, which GNU tar alone is asked for
 */
export function openSource(
  transport: Transport,
  root: string,
  stats: readonly Stat[],
  {tar, packed}: {readonly tar: TarDialect; readonly packed: boolean},
  signal: AbortSignal,
): TarSource {
  if (tar.create === null) return plainSource(transport, root, stats, signal)
  const running = startScript(transport, packed ? packedWith(tar.create) : tar.create, [root], signal)
  running.stdin.end(pathList(stats.map(stat => stat.path)))
  const shared = {
    bytes: running.stdout as AsyncIterable<Buffer>,
    kill: () => running.kill('SIGKILL'),
    loss: () => lossOf(running),
  }
  if (tar.name === 'gnu') {
    const complaints = readTarComplaints(running.stderr)
    const judge: TarSource['judge'] = async (missing, finished) =>
      (await complaints).judge({exit: await running.exit, missing, finished})
    return {...shared, judge}
  }

  const errors = text(running.stderr)
  const judge: TarSource['judge'] = async (missing, finished) => {
    const exit = await running.exit
    if (!finished) throw cutShort()
    const found = await lookAgain(transport, root, stats, new Set(missing), await errors, signal)
    // Where nothing moved that would explain it, the complaint is about something else.
    if (exit.code !== 0 && found.changed.length + found.vanished.length === 0)
      throw hostFailure('read the workdir', exit.code ?? exit.signal, await errors)
    return warningsOf(found)
  }

  return {...shared, judge}
}
