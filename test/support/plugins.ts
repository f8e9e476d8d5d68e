import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Sandbox} from './cli.js'
import {projectRoot} from './project.js'

/** A plugin for Crabbox, as small as can be: the text of its hook, or of a command. */
export interface TinyPlugin {
  readonly name: string
  readonly hook?: string
  readonly command?: string
}

/** Writes a package that registers providers. Returns its directory. */
export function writePlugin(parent: string, {name, hook, command}: TinyPlugin): string {
  const root = join(parent, name)
  const oclif = {
    ...(hook === undefined ? {} : {hooks: {'crabbox:providers': './hook.js'}}),
    ...(command === undefined ? {} : {commands: './commands'}),
  }
  mkdirSync(join(root, 'commands'), {recursive: true})
  writeFileSync(join(root, 'package.json'), JSON.stringify({name, version: '1.0.0', type: 'module', oclif}))
  if (hook !== undefined) writeFileSync(join(root, 'hook.js'), hook)
  if (command !== undefined) writeFileSync(join(root, 'commands', 'odd.js'), command)
  return root
}

/**
 * Writes down that plugins are linked, as `plugins link` would, with the SDK where they look for it.
 * @param alsoNamed what else the list of plugins names
 */
export function linkPlugins(
  {dir}: Pick<Sandbox, 'dir'>,
  plugins: readonly TinyPlugin[],
  alsoNamed: readonly object[] = [],
): void {
  const parent = join(dir, 'plugins')
  const linked = plugins.map(plugin => ({type: 'link', name: plugin.name, root: writePlugin(parent, plugin)}))
  mkdirSync(join(parent, 'node_modules'))
  symlinkSync(projectRoot, join(parent, 'node_modules', 'crabbox'))
  mkdirSync(join(dir, 'DATA'), {recursive: true})
  const description = {private: true, oclif: {schema: 1, plugins: [...linked, ...alsoNamed]}}
  writeFileSync(join(dir, 'DATA', 'package.json'), JSON.stringify(description))
}

/** Registers a provider with this descriptor, written as JavaScript. */
export const registering = (descriptor: string): string =>
  `export default async ({registry}) => registry.register(${descriptor})`

const LEASES = '{acquire() {}, connect() {}, status() {}, release() {}}'

/** Each is wrong in a way of its own: what is said of it is what names it. */
export const BROKEN: readonly (TinyPlugin & {readonly said: RegExp})[] = [
  {
    name: 'crabbox-plugin-throws',
    hook: 'throw new Error("broken on load\\nsecond line")',
    said: /could not register its providers: broken on load second line$/,
  },
  {
    name: 'crabbox-plugin-hook',
    hook: 'export default async () => { throw new Error("no hook today") }',
    said: /could not register its providers: no hook today$/,
  },
  {
    name: 'crabbox-plugin-syntax',
    hook: 'export default async ({',
    said: /could not register its providers: Unexpected/,
  },
  {
    name: 'crabbox-plugin-missing',
    hook: 'import "not-there"; export default async () => undefined',
    said: /could not register its providers: .*Cannot find package 'not-there'/,
  },
  {
    name: 'crabbox-plugin-taken',
    hook: registering('{name: "local", summary: "mine", contract: 1, load: async () => ({})}'),
    said: /could not register its providers: there is a provider named local already$/,
  },
  {
    name: 'crabbox-plugin-newer',
    hook: registering('{name: "future", summary: "from the future", contract: 99, load: async () => ({})}'),
    said: /could not register its providers: the provider future was written for contract 99 of Crabbox, and this version has \d+$/,
  },
]

/** One whose provider serves a tier that there is none of: found out when it is asked for. */
export const UNKNOWN_TIER: TinyPlugin = {
  name: 'crabbox-plugin-tier',
  hook: registering(
    `{name: "odd", summary: "odd", contract: 1, load: async () => ({name: "odd", summary: "odd", leases: ${LEASES}, tiers: {floppy: {}}})}`,
  ),
}
