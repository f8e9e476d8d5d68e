import {usageError} from '../core/errors.js'
import type {Transport} from '../core/transport.js'
import {MOUNTS_BELOW, mountsIn} from '../transports/mounts.js'
import {hostFailure, startScript} from '../transports/script.js'
import {closedIn} from './closed.js'
import {parseProbe, PROBE, type HostTools} from './host.js'
import {LIST_CHOSEN, SAY_MAPPED} from './list-script.js'
import {collect, requireComplete} from './heard-listing.js'
import {withoutMounted} from './mounted.js'
import {NOBODY_KNOWS, type Looked} from './read-listing.js'
import type {Listing} from './parse-listing.js'
import {notRecovered, sidecarOf} from './sidecar.js'
import {RECOVER} from './swap-scripts.js'
import {listingFor} from './unpack-listing.js'

/** A workdir as an operation finds it. */
export interface OpenedTarget {
  readonly tools: HostTools
  /** Mount points in it, relative; where it is to be replaced, also those in what is kept of it. */
  readonly mounts: readonly string[]
  /** Whether this attempt has replaced the workdir already. */
  readonly swapped: boolean
  /** Directories in it that cannot be read: what is in them is not in the listing. */
  readonly closed: readonly string[]
  /** Null where there is no such directory. */
  readonly listing: Listing | null
}

// A mount point cannot be swapped: what is beside it lies on another file system, on another device than the directory that
// holds it. One of the same device is known to mountpoint only.
const SCRIPT = `set -eu
${MOUNTS_BELOW}
device() { stat -c %d -- "$1" 2>/dev/null || stat -f %d -- "$1"; }
if [ "$3" = swap ] && [ -L "$2" ]; then exit 68; fi
if [ "$3" = swap ] && [ -d "$2" ]; then
  if [ "$(device "$2")" != "$(device "$2/..")" ] || { mountpoint -q -- "$2"; } 2>/dev/null; then exit 67; fi
fi
mounts_below "$2"
if [ "$3" = swap ]; then mounts_below "$1"; fi
printf '\\0'
(set -- "$1" "$2" "$4" "$6"
${RECOVER}
) > /dev/null
if [ -n "$4" ] && grep -qsF -- "$4" "$1/undo/meta.json"; then printf swapped; fi
printf '\\0'
${PROBE}
printf '\\0'
[ -d "$2" ] || exit 0
if [ "$3" != sync ]; then
${SAY_MAPPED}
fi
set -- "$2" "$5"
${LIST_CHOSEN}`

/** What else may be said of a workdir that is opened. */
export interface OpenOptions {
  /** Which restore goes on with what it has left. Default: none. */
  readonly attempt?: string
  /** Which client leaves to others what they build beside it. Default: it does not. */
  readonly client?: string
  /** How it looked before. Default: nobody knows. */
  readonly looked?: Looked
}

/**
 * Finishes or removes what an interrupted restore left, looks at the tools of the host and lists the workdir: one round
 * trip, since every operation begins so.
 * @param purpose `swap` where the workdir is to be replaced; `sync` where change times are not asked for
 * @throws {CrabboxError} `WORKDIR_REFUSED` for a mount point or a link that is to be replaced, `HOST_TOOLS_UNSUPPORTED`,
 * `HOST_COMMAND_FAILED`
 */
export async function openTarget(
  transport: Transport,
  target: string,
  purpose: 'swap' | 'read' | 'sync',
  signal: AbortSignal,
  {attempt = '', client = '', looked = NOBODY_KNOWS}: OpenOptions = {},
): Promise<OpenedTarget> {
  const args = [sidecarOf(target), target, purpose, attempt, await listingFor(transport, signal), client]
  const running = startScript(transport, SCRIPT, args, signal)
  const listed = await collect(running, signal, {fields: 3, looked})
  if (listed.exit.code === 67)
    throw usageError(
      'WORKDIR_REFUSED',
      `${target} is a mount point and cannot be replaced`,
      'Name a directory below it.',
    )
  if (listed.exit.code === 68)
    throw usageError(
      'WORKDIR_REFUSED',
      `${target} is a symbolic link and cannot be replaced`,
      'Name the directory that it points to, or put one in its place.',
    )
  const refused = notRecovered(target)[listed.exit.code ?? -1]
  if (refused !== undefined) throw refused(listed.errors)
  const [mounted = '', attempted, probed] = listed.before
  // Without its tools the host cannot list anything, and that is not what to complain of.
  const tools = probed === undefined ? null : parseProbe(probed)
  const {closed, errors} = closedIn(listed.errors)
  requireComplete({...listed, errors}, target)
  if (tools === null) throw hostFailure('look at the workdir', 'no answer', listed.errors)
  const mounts = mountsIn(mounted)
  const listing = listed.output.length === 0 ? null : withoutMounted(listed.listing, mounts)
  return {tools, mounts, closed, swapped: attempted === 'swapped', listing}
}
