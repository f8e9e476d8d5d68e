import {gather} from '../core/gather.js'
import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {COPY} from './copy-script.js'

/** How a directory looked when it had been filled and checked, to be compared with how it looks later. */
export interface Looks {
  /** Of all that is in it. */
  readonly fingerprint: string
  /** Its own change time, as GNU find prints it. */
  readonly changed: string
}

/** A directory on the same host that was filled with what is wanted. */
export interface Twin {
  readonly path: string
  /**
   * Copies it. Those who ask at about the same time get their copies at once. Where it still looks afterwards as it did when it was checked,
   * nobody has written to it, and the copy is believed as the kernel is that made it.
   * @returns whether it can be believed; else anything may be in the directory
   */
  readonly copy: (request: CopyRequest) => Promise<boolean>
}

export interface CopyRequest {
  readonly transport: Transport
  /** An empty directory. */
  readonly into: string
  /** Whether nothing in it has extended attributes. */
  readonly bare: boolean
  readonly signal: AbortSignal
}

/** Where there is none. */
export const NO_TWIN = async (): Promise<null> => null

export const twinAt = (path: string, looks: Looks): Twin => ({path, copy: gather(all => copyTo(path, looks, all))})

async function copyTo(
  path: string,
  {fingerprint, changed}: Looks,
  all: readonly [CopyRequest, ...CopyRequest[]],
): Promise<boolean[]> {
  const [{transport, bare, signal}] = all
  const what = [path, fingerprint, changed, bare ? 'bare' : '']
  const {stdout} = await runScript(transport, COPY, [...what, ...all.map(({into}) => into)], signal, {
    purpose: 'copy another fork',
  })
  const said = new Set(stdout.toString('latin1').split('\n'))
  return all.map((_, i) => said.has('same') && said.has(String(i + 1)))
}
