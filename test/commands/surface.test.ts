import assert from 'node:assert/strict'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {Plugin, type Command, type Interfaces} from '@oclif/core'

import {projectRoot} from '../support/project.js'

interface Shape {
  readonly args: Record<string, string>
  readonly flags: Record<string, string>
}

const FILE = join(projectRoot, 'test/commands/surface.json')
const RENEW = 'CRABBOX_RENEW_SURFACE'

describe('the command surface', () => {
  it(`is what surface.json says; run the tests with ${RENEW}=1 where a change is meant`, async () => {
    const built = await surface()
    if (process.env[RENEW] !== undefined) writeFileSync(FILE, `${JSON.stringify(built, null, 2)}\n`)
    assert.deepEqual(built, JSON.parse(readFileSync(FILE, 'utf8')))
  })
})

/** The commands as they are built, not as a manifest remembers them. */
async function surface(): Promise<Record<string, Shape>> {
  const plugin: Interfaces.Plugin = new Plugin({root: projectRoot, type: 'core', ignoreManifest: true})
  await plugin.load()
  const shapes = plugin.commands.map(command => [command.id.replaceAll(':', ' '), shapeOf(command)] as const)
  return Object.fromEntries(shapes.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function shapeOf({args, flags, strict}: Command.Loadable): Shape {
  const names = Object.keys(flags).sort()
  return {
    args: {
      ...Object.fromEntries(
        Object.values(args).map(arg => [arg.name, arg.required === true ? 'required' : 'optional']),
      ),
      ...(strict === false ? {'…': 'more words'} : {}),
    },
    flags: Object.fromEntries(
      names.flatMap(name => (flags[name] === undefined ? [] : [[name, describeFlag(flags[name])]])),
    ),
  }
}

function describeFlag(flag: Command.Flag.Any): string {
  const common = [
    flag.char && `-${flag.char}`,
    flag.required === true && 'required',
    flag.exclusive && `not with ${flag.exclusive.join(', ')}`,
  ]
  const own =
    flag.type === 'boolean'
      ? ['boolean', flag.allowNo && 'or --no']
      : [
          flag.options?.join('|') ?? 'value',
          flag.multiple && 'repeatable',
          ['string', 'number'].includes(typeof flag.default) && `default ${String(flag.default)}`,
          flag.env && `from ${flag.env}`,
        ]
  return [...own, ...common].filter(Boolean).join(', ')
}
