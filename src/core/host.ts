/** A host that the user's configuration names, for providers that place leases on hosts. */
export interface ConfiguredHost {
  /** What `--host` calls it. Unique among the configured ones. */
  readonly name: string
  /** `[user@]host[:port]`, or an alias of the ssh configuration. */
  readonly address: string
  /** The absolute directory on it that holds the leases; null: the provider's own choice. */
  readonly workRoot: string | null
  /** The user's notes on it. */
  readonly labels: Readonly<Record<string, string>>
}
