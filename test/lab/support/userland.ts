import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import type {LeaseOperations} from '../../../src/core/provider.js'
import type {CommandSpec, Transport} from '../../../src/core/transport.js'
import {local} from '../../../src/providers/local/index.js'

/** A directory of programs that stands for the PATH of a host. */
export interface Userland {
  readonly leases: LeaseOperations
  readonly over: (transport: Transport) => Transport
  readonly close: () => void
}

/** Whether this machine has what a userland is made of. */
export function has(program: string): boolean {
  try {
    return pathOf(program) !== ''
  } catch {
    return false
  }
}

const pathOf = (program: string): string =>
  execFileSync('sh', ['-c', 'command -v "$1"', 'sh', program], {encoding: 'utf8'}).trim()

/** FreeBSD's head takes no count of nothing (head.c: `if (*ep || bytecnt <= 0) errx`). */
const BSD_HEAD = `for word do
  if [ "\${previous-}" = -c ] && [ "$word" -le 0 ]; then echo "head: illegal byte count -- $word" >&2; exit 1; fi
  previous=$word
done`

/** A directory with nothing but busybox; with `bsdtar`, that one is the tar, and `head` is like a BSD's. Readable by everybody. */
export function userlandBin(tar: 'busybox' | 'bsdtar'): string {
  const bin = mkdtempSync(join(tmpdir(), 'crabbox-userland-'))
  execFileSync('busybox', ['--install', '-s', bin])
  if (tar === 'bsdtar') {
    rmSync(join(bin, 'tar'))
    symlinkSync(pathOf('bsdtar'), join(bin, 'tar'))
    // Busybox's own shell runs its own tar, whatever its PATH says.
    rmSync(join(bin, 'sh'))
    symlinkSync(pathOf('dash'), join(bin, 'sh'))
    rmSync(join(bin, 'head'))
    const head = `#!/bin/sh\n${BSD_HEAD}\nexec ${pathOf('busybox')} head "$@"\n`
    writeFileSync(join(bin, 'head'), head, {mode: 0o755})
  }

  execFileSync('chmod', ['0755', bin])
  return bin
}

/** Leases of this machine that are reached with the programs of such a directory alone. */
export function userland(tar: 'busybox' | 'bsdtar'): Userland {
  const bin = userlandBin(tar)
  const over = (transport: Transport): Transport => ({
    ...transport,
    spawn: (command, signal) => {
      const [program, ...rest] = command.argv
      const argv: CommandSpec['argv'] = [program === 'sh' ? join(bin, 'sh') : program, ...rest]
      return transport.spawn({...command, argv, env: {...command.env, PATH: bin}}, signal)
    },
  })
  const leases: LeaseOperations = {
    ...local.leases,
    connect: async (lease, context) => over(await local.leases.connect(lease, context)),
  }
  return {leases, over, close: () => rmSync(bin, {recursive: true, force: true})}
}
