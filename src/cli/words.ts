/** What oclif tells of every part of a command line. */
type Token = {readonly type: string; readonly input: string}

/**
 * The words of a command line that are no flags, in their order. oclif's own `argv` is sorted by where each word was first
 * seen: a word that is there twice, or once as a flag's value, would move.
 */
export const wordsOf = (raw: readonly Token[]): string[] =>
  raw.flatMap(({type, input}) => (type === 'arg' ? [input] : []))
