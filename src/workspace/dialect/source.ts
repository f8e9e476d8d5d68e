import {text} from 'node:stream/consumers'

import type {Transport} from '../../core/transport.js'
import {isProgramOutput} from '../../transports/local.js'
import {hostFailure, startScript} from '../../transports/script.js'
import {FRAME_BYTES} from '../layer/descriptor.js'
import type {Packer} from '../host.js'
import type {Packing} from '../pack.js'
import {pathList} from '../path-list.js'
import type {Stat} from '../stat.js'
import {cutShort, readTarComplaints, TAR_STATUS} from '../tar-complaints.js'
import {BLOCK} from '../tar/header.js'
import {gunzipped, gzipped} from './gzipped.js'
import {lookAgain, warningsOf} from './look-again.js'
import {plainSource} from './plain-capture.js'
import {lossOf, type TarSource} from './tar-source.js'
import type {TarDialect} from './tar.js'

/**
 * Programs that compress in frames. split starts its filter with the user's shell, which may read a profile that prints. pzstd waits for
 * itself for ever when what it prints to is a socket that breaks off, as some SSH servers have it; a pipe ends it with a signal.
 */
export const PACKERS: Readonly<Record<Packer, string>> = {
  pzstd: 'pzstd -q -1 -c | cat',
  split: `SHELL=/bin/sh exec split -b ${FRAME_BYTES} --filter='exec zstd -q -1 -c' -`,
}

// A pipeline ends with the status of its last command; that of tar comes among its complaints.
function packedWith(create: string, packing: Packing | null): string {
  if (packing === null) return create
  if (packing === 'gzip') return gzipped(create)
  return `{ (${create}); echo "${TAR_STATUS}$?" >&2; } | (${PACKERS[packing]})`
}

/** Blocks of a record where little is read: a little that changed should not be sent with as much of nothing. */
const FEW_BLOCKS = '8'

/** Bytes of files from which on records are as large as ever. */
const MANY = 1 << 20

const blocksFor = (stats: readonly Stat[]): string =>
  stats.reduce((sum, {size}) => sum + size + 2 * BLOCK, 0) < MANY ? FEW_BLOCKS : ''

/**
 * Reads files of a directory on a host, in the order of the list, as a tarball.
 * @param packing frames of zstd come as they are, and what gzip has compressed comes unpacked
 */
export function openSource(
  transport: Transport,
  root: string,
  stats: readonly Stat[],
  {tar, packing}: {readonly tar: TarDialect; readonly packing: Packing | null},
  signal: AbortSignal,
): TarSource {
  if (tar.create === null) return plainSource(transport, root, stats, packing === 'gzip', signal)
  const script = `crabbox_blocks=$2
${packedWith(tar.create, packing)}`
  const running = startScript(transport, script, [root, blocksFor(stats)], signal)
  running.stdin.end(pathList(stats.map(stat => stat.path)))
  const shared = {
    bytes: packing === 'gzip' ? gunzipped(running.stdout) : (running.stdout as AsyncIterable<Buffer>),
    asWritten: isProgramOutput(running.stdout) && packing !== 'gzip',
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
