import {bash} from './bash.js'
import {fish} from './fish.js'
import type {Shell} from './shell.js'
import {zsh} from './zsh.js'

/** The shells that Crabbox completes in. */
export const SHELLS = {bash, zsh, fish} as const satisfies Readonly<Record<string, Shell>>
export type ShellName = keyof typeof SHELLS
export const SHELL_NAMES = Object.keys(SHELLS) as readonly ShellName[]

export const isShellName = (name: string | undefined): name is ShellName =>
  name !== undefined && Object.hasOwn(SHELLS, name)
