import type {Context} from '../../core/context.js'
import {providerError, reasonOf} from '../../core/errors.js'
import {MARKETS, type Market} from '../../core/lease.js'

/** What the configuration says of AWS. */
export interface AwsSettings {
  readonly market: Market
  /** The subnet to lease in; null: the default one. */
  readonly subnet: string | null
  /** From where SSH is let in; null: from this machine's own public address. */
  readonly sshFrom: readonly string[] | null
  /** Gigabytes of the root volume, where the image does not need more. */
  readonly diskGb: number
}

const DISK_GB = 64

export async function readSettings({settings}: Context): Promise<AwsSettings> {
  const {market, subnet, sshFrom, diskGb} = (await settings?.('aws')) ?? {}
  return {
    market: MARKETS.find(name => name === market) ?? 'on-demand',
    subnet: subnet ?? null,
    sshFrom: sshFrom === undefined ? null : sshFrom.split(',').map(range => range.trim()),
    diskGb: diskGb === undefined ? DISK_GB : Number(diskGb),
  }
}

/** Tells anybody who asks their own address. Run by AWS. */
const CHECK_IP = 'https://checkip.amazonaws.com'

/**
 * The ranges of addresses that may connect.
 * @throws {CrabboxError} `AWS_ADDRESS_UNKNOWN`: nothing is opened to everybody for want of an answer
 */
export async function sourceRanges({sshFrom}: AwsSettings, signal: AbortSignal): Promise<readonly string[]> {
  if (sshFrom !== null) return sshFrom
  const said = await fetch(CHECK_IP, {signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)])}).then(
    answer => answer.text(),
    (error: unknown) => {
      throw addressUnknown(reasonOf(error), error)
    },
  )
  const address = said.trim()
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) return [`${address}/32`]
  if (/^[\da-f:]+$/i.test(address) && address.includes(':')) return [`${address}/128`]
  throw addressUnknown(`${CHECK_IP} answers with something else`, undefined)
}

const addressUnknown = (why: string, cause: unknown): Error =>
  providerError(
    'AWS_ADDRESS_UNKNOWN',
    `the public address of this machine cannot be found out: ${why}`,
    'Name the addresses that may connect with the setting providers.aws.sshFrom, such as 203.0.113.7/32.',
    cause,
  )
