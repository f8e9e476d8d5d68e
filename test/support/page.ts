import {readFileSync} from 'node:fs'
import {join} from 'node:path'

import {projectRoot} from './project.js'

/** The files that a page of the documentation shows: each is the first block of code after its name in backquotes and a colon or a dot. */
export function filesOf(page: string, names: readonly string[]): Record<string, string> {
  const text = readFileSync(join(projectRoot, 'docs', page), 'utf8')
  return Object.fromEntries(
    names.map(name => {
      const place = text.search(new RegExp(`^\`${name.replaceAll('.', '\\.')}\``, 'm'))
      const code = /^```\w+\n([^]*?)^```$/m.exec(text.slice(place))?.[1]
      if (place === -1 || code === undefined) throw new Error(`${page} does not show ${name}`)
      return [name, code]
    }),
  )
}

/** The commands that a page shows under a heading, as one script. */
export function commandsOf(page: string, heading: string): string {
  const text = readFileSync(join(projectRoot, 'docs', page), 'utf8')
  const section = text.split(/^## /m).find(part => part.startsWith(`${heading}\n`))
  if (section === undefined) throw new Error(`${page} has no section ${heading}`)
  return [...section.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, code]) => code).join('')
}
