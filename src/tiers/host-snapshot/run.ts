import {buffer, text} from 'node:stream/consumers'

import {throwIfAborted} from '../../core/errors.js'
import type {Transport} from '../../core/transport.js'
import {hostFailure, startScript} from '../../transports/script.js'
import {workdirNotFound} from '../../workspace/heard-listing.js'
import {copyDiffers, snapshotGone, snapshotsUnsupported} from './failures.js'
import {DIFFERENT, GONE, NO_WORKDIR} from './scripts.js'

/** A script, and what it was for in the words of an error message: `cannot <purpose>`. */
export interface HostScript {
  readonly script: string
  readonly args: readonly string[]
  readonly purpose: string
}

/**
 * Runs a script of host snapshots, whose input stays open until it has ended: it stops when this process is gone.
 * @throws {CrabboxError} `SNAPSHOT_GONE`, `VERIFY_FAILED`, `WORKDIR_NOT_FOUND`, `HOST_SNAPSHOT_UNSUPPORTED`, `DISK_FULL`, `HOST_COMMAND_FAILED`
 */
export async function runOnHost(
  transport: Transport,
  {script, args, purpose}: HostScript,
  signal: AbortSignal,
): Promise<string> {
  const running = startScript(transport, script, args, signal)
  const [stdout, stderr, exit] = await Promise.all([
    buffer(running.stdout),
    text(running.stderr),
    running.exit.finally(() => running.stdin.end()),
  ])
  throwIfAborted(signal)
  if (exit.code === 0) return stdout.toString('utf8')
  if (exit.code === GONE) throw snapshotGone(args[1] ?? '')
  if (exit.code === DIFFERENT) throw copyDiffers(args[1] ?? '')
  if (exit.code === NO_WORKDIR) throw workdirNotFound(args[2] ?? '')
  const unshared = /^cp: (failed to clone .*)$/m.exec(stderr)?.[1]
  throw unshared !== undefined && !/No space left|quota exceeded/.test(unshared)
    ? snapshotsUnsupported(unshared)
    : hostFailure(purpose, exit.code ?? exit.signal, stderr)
}
