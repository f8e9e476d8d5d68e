import {providerError} from '../core/errors.js'
import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'

/** What the host of a lease can do. */
export interface HostTools {
  /** True where commands run as the superuser, who alone can give files to others. */
  readonly root: boolean
  /** True where `sha256sum` can check what arrived. */
  readonly sha256sum: boolean
  /** True where `zstd` is, and a `split` that can hand it a stream in pieces. */
  readonly zstd: boolean
}

export const PROBE = `id -u
tar --version 2>/dev/null | head -n 1
find --version 2>/dev/null | head -n 1
if command -v zstd >/dev/null && split --help 2>/dev/null | grep -q -e --filter; then echo packs; fi
command -v sha256sum || echo none`

/**
 * Asks the host once for the tools that the engine needs.
 * @throws {CrabboxError} `HOST_TOOLS_UNSUPPORTED` without GNU tar and GNU find
 */
export async function probeHost(transport: Transport, signal: AbortSignal): Promise<HostTools> {
  const {stdout} = await runScript(transport, PROBE, [], signal, {purpose: "look at the tools of the lease's host"})
  return parseProbe(stdout.toString('utf8'))
}

/**
 * Reads what the probe printed.
 * @throws {CrabboxError} `HOST_TOOLS_UNSUPPORTED`
 */
export function parseProbe(text: string): HostTools {
  const missing = [...(text.includes('GNU tar') ? [] : ['GNU tar']), ...(text.includes('GNU find') ? [] : ['GNU find'])]
  if (missing.length > 0) {
    throw providerError(
      'HOST_TOOLS_UNSUPPORTED',
      `the lease's host has no ${missing.join(' and no ')}`,
      'Install GNU tar and findutils there and put them first in its PATH.',
    )
  }

  return {
    root: text.startsWith('0\n'),
    sha256sum: !text.endsWith('none\n'),
    zstd: text.includes('\npacks\n'),
  }
}
