import {join} from 'node:path'

import {isObject} from '../../state/json.js'
import {readObject, type Plugin} from './plugins.js'
import {commandOf, type CommandShape} from './shape.js'

/** All commands, by the ids and aliases under which they can be called, with colons between words. */
export interface Surface {
  readonly commands: ReadonlyMap<string, CommandShape>
  /** What may be typed after these words: a command's last word, or a topic, with what it is for. */
  readonly wordsAfter: (words: readonly string[]) => ReadonlyMap<string, string>
  /** Whether these words are a command, or begin one. */
  readonly knows: (words: readonly string[]) => boolean
}

/** Reads the manifests of Crabbox and its plugins. One that cannot be used adds nothing. */
export function readSurface(root: string, plugins: readonly Plugin[]): Surface {
  const {oclif} = readObject(join(root, 'package.json'))
  const packages = [{root, oclif: isObject(oclif) ? oclif : {}}, ...plugins]
  const commands = new Map<string, CommandShape>()
  const names = new Map<string, string>()
  for (const plugin of packages) {
    for (const command of commandsIn(plugin.root)) {
      for (const id of [command.id, ...command.aliases, ...command.hiddenAliases])
        if (!commands.has(id)) commands.set(id, command)
      if (command.hidden) continue
      for (const id of [command.id, ...command.aliases]) if (!names.has(id)) names.set(id, command.summary)
    }
  }

  const topics = new Map(packages.flatMap(plugin => topicsOf(plugin.oclif['topics'])))
  const known = new Set([...commands.keys()].flatMap(beginnings))
  return {
    commands,
    knows: words => known.has(words.join(':')),
    wordsAfter: words => {
      const begin = words.map(word => `${word}:`).join('')
      const found = new Map<string, string>()
      for (const [id, summary] of names) {
        if (!id.startsWith(begin)) continue
        const [word = '', ...more] = id.slice(begin.length).split(':')
        if (more.length === 0) found.set(word, summary)
        else if (!names.has(`${begin}${word}`)) found.set(word, topics.get(`${begin}${word}`) ?? '')
      }

      return found
    },
  }
}

/** `a:b:c` begins with `a`, `a:b` and itself. */
const beginnings = (id: string): string[] => id.split(':').map((_, i, words) => words.slice(0, i + 1).join(':'))

function commandsIn(root: string): CommandShape[] {
  const files = ['oclif.manifest.json', '.oclif.manifest.json'].map(name => readObject(join(root, name))['commands'])
  const commands = files.find(isObject) ?? {}
  return Object.entries(commands).flatMap(([id, value]) => (isObject(value) ? commandOf(id, value) : []))
}

function topicsOf(topics: unknown): [string, string][] {
  if (!isObject(topics)) return []
  return Object.entries(topics).map(([name, topic]) => {
    const description = isObject(topic) ? topic['description'] : ''
    return [name, typeof description === 'string' ? description : '']
  })
}
