/** One thing that a user can configure for a provider: `providers.<name>.<key>` in a file, or a variable of the environment. */
export interface ProviderSetting {
  /** What it decides, in a clause. */
  readonly summary: string
  /** What a value has to look like. */
  readonly pattern: RegExp
  /** The same for people, such as `write a number of gigabytes`. */
  readonly allowed: string
}

/** The settings of one provider, each of which passed the pattern of its key. */
export type Settings = Readonly<Record<string, string>>
