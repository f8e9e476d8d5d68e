import {providerError} from '../core/errors.js'
import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {tarDialect, type TarDialect} from './dialect/tar.js'
import {OPENSSL_HASHES} from './hash-files.js'
import {CHOOSE_LISTER} from './list-script.js'

/** `pzstd` comes with most packages of zstd and uses all cores; `split` starts a program for every frame. */
export type Packer = 'pzstd' | 'split'

/** What the host of a lease can do. */
export interface HostTools {
  /** True where commands run as the superuser, who alone can give files to others. */
  readonly root: boolean
  /** True where a program can tell the SHA-256 of files. */
  readonly hashes: boolean
  /** What compresses a stream in frames there: `pzstd`, or a `split` that hands `zstd` a piece at a time. Null: nothing, or no `zstd`. */
  readonly packer: Packer | null
  readonly gzip: boolean
  /** The host's tar. */
  readonly tar: TarDialect
}

/** Begins with the choice of a lister, which a listing in the same script goes by. */
export const PROBE = `${CHOOSE_LISTER}
id -u
echo "lister $lister"
echo "tar $(tar --version 2>&1 | head -n 2 | tr '\\n' ' ')"
if ! command -v zstd >/dev/null; then :
elif command -v pzstd >/dev/null; then echo packs pzstd
elif split --filter=: /dev/null 2>/dev/null; then echo packs split
fi
if gzip -1 -c </dev/null >/dev/null 2>&1; then echo packs gzip; fi
command -v sha256sum || command -v shasum || command -v sha256 || { ${OPENSSL_HASHES} && echo openssl; } || echo none`

/**
 * Asks the host once for the tools that the engine needs.
 * @throws {CrabboxError} `HOST_TOOLS_UNSUPPORTED` without a tar, or a find and stat, that the engine can use
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
  const tar = tarDialect(/^tar (.*)$/m.exec(text)?.[1] ?? '')
  const lists = /^lister (?:gnu|c|f)$/m.test(text)
  const missing = [
    ...(tar === null ? ['GNU tar, bsdtar or busybox tar'] : []),
    ...(lists ? [] : ['GNU find, and no stat that takes a format']),
  ]
  if (tar === null || missing.length > 0) {
    throw providerError(
      'HOST_TOOLS_UNSUPPORTED',
      `the lease's host has no ${missing.join(' and no ')}`,
      'Install GNU tar and findutils there, or busybox, and put them first in its PATH.',
    )
  }

  return {
    root: text.startsWith('0\n'),
    hashes: !text.endsWith('none\n'),
    packer: (/^packs (pzstd|split)$/m.exec(text)?.[1] ?? null) as Packer | null,
    gzip: text.includes('\npacks gzip\n'),
    tar,
  }
}
