import type {Answer, Line} from '../candidate.js'

/** What a shell asks for, and how it wants to be told. */
export interface Shell {
  /** What the user loads: it asks `crabbox __complete` at every TAB, and names no command or flag. */
  readonly script: string
  /** What the script says of the line. `tell` writes an answer for it: the kind, what is kept, then candidates, a line each. */
  readonly read: (args: readonly string[]) => {
    readonly line: Line
    readonly tell: (answer: Answer) => readonly string[]
  }
}

/** The line as zsh and fish tell it: the index of the cursor's word, `--`, and the words from the program's name on. */
export function lineAt([index = '', , ...words]: readonly string[]): Line {
  const at = Number(index)
  return {before: words.slice(1, at), current: words[at] ?? '', after: words.slice(at + 1)}
}
