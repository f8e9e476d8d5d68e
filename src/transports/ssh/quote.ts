/**
 * One argument as a word for whatever shell the user logs in with. `sh`, `dash`, `bash`, `zsh` and `fish` read it alike: what
 * stands between single quotes is literal in all of them but for a quote and, in fish, a backslash, and so both of these
 * stand outside.
 */
export function shellWord(argument: string): string {
  if (/^[\w@%+=:,./-]+$/.test(argument)) return argument
  const parts = argument.split(/([\\'])/).filter(part => part !== '')
  return parts.length === 0
    ? "''"
    : parts.map(part => (part === '\\' || part === "'" ? `\\${part}` : `'${part}'`)).join('')
}

/** A command line of words that are quoted once each. */
export const commandLine = (argv: readonly string[]): string => argv.map(shellWord).join(' ')
