/** Something that may be put on the line. */
export interface Candidate {
  readonly value: string
  /** One line for shells that show it; may be empty. */
  readonly description: string
}

/** What a shell is told. */
export type Answer =
  /** `kept` is the beginning of the word, before what a candidate stands for, such as `--id=`. */
  | {readonly kind: 'values'; readonly kept: string; readonly candidates: readonly Candidate[]}
  /** The shell itself knows best. */
  | {readonly kind: 'files' | 'directories'; readonly kept: string}

/** The line up to the program's end: a pipe or a semicolon ends it. */
export interface Line {
  /** Words before the cursor's, without the program itself and without quotes. */
  readonly before: readonly string[]
  /** What stands before the cursor of the word that it is in. */
  readonly current: string
  /** Words after the cursor's. */
  readonly after: readonly string[]
}

/** What values are made of: where things lie. */
export interface Place {
  readonly env: NodeJS.ProcessEnv
}

export const valuesOf = (candidates: readonly Candidate[], kept = ''): Answer => ({kind: 'values', kept, candidates})
