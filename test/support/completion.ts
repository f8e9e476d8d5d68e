import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {complete} from '../../src/cli/completion/main.js'
import {SCHEMA_VERSION} from '../../src/state/adapter.js'
import {statePaths} from '../../src/state/paths.js'
import {projectRoot} from './project.js'

interface LeaseFacts {
  readonly id: string
  readonly slug: string
  readonly provider?: string
  readonly state?: string
  /** Hours. */
  readonly age?: number
}

interface CheckpointFacts {
  readonly id: string
  readonly name?: string | null
  readonly tier?: string
  readonly state?: string
  readonly age?: number
  readonly repo?: string
  readonly labels?: Readonly<Record<string, string>>
}

type Row = {readonly id: string} & Readonly<Record<string, unknown>>

const REPO = {name: 'shop', remote: null, head: null, branch: null, dirty: false}

const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString()

export const leaseRow = ({id, slug, provider = 'local', state = 'ready', age = 1}: LeaseFacts): Row => ({
  id,
  ...{slug, provider, state, class: 'standard', workRoot: '/w', workdir: '/w/shop', createdAt: hoursAgo(age)},
  ...{history: [], details: {}, repo: REPO, expiresAt: null, forkedFrom: null},
})

export const checkpointRow = (facts: CheckpointFacts): Row => ({
  ...{id: facts.id, name: facts.name ?? null, tier: facts.tier ?? 'workspace-archive', state: facts.state ?? 'ready'},
  ...{createdAt: hoursAgo(facts.age ?? 1), lastUsedAt: null, provider: 'local', parent: null, sizes: null, story: null},
  lease: {id: 'cbx_000000000000', slug: 'gone-fox', class: 'standard'},
  repo: {...REPO, name: facts.repo ?? 'shop'},
  ...{workdir: {path: '/w/shop', relative: '.'}, artifact: null, labels: facts.labels ?? {}, note: null},
  ...{expiresAt: null, warnings: [], failure: null, crabboxVersion: '0.1.0'},
})

/** Writes tables of a state directory as the state layer does. */
export function writeTables(
  stateDir: string,
  tables: Partial<Record<'leases' | 'catalog' | 'promoted', readonly {readonly id: string}[]>>,
): void {
  mkdirSync(stateDir, {recursive: true})
  for (const name of ['leases', 'catalog', 'promoted'] as const) {
    const rows = tables[name]
    if (rows === undefined) continue
    const table = {schemaVersion: SCHEMA_VERSION, rows: Object.fromEntries(rows.map(row => [row.id, row]))}
    writeFileSync(statePaths(stateDir)[name], JSON.stringify(table))
  }
}

/** What completion says at the end of a line whose words hold no blanks, with what fish shows beside it. */
export interface Told {
  readonly kind: string
  readonly values: readonly string[]
  readonly descriptions: readonly string[]
}

/** Asks as fish does. `|` stands for the cursor; without it, the cursor is at the end. */
export async function ask(line: string, env: NodeJS.ProcessEnv, root = projectRoot): Promise<Told> {
  const [before = '', after] = line.split('|')
  const words = before.split(' ')
  const rest = after === undefined ? [] : after.split(' ').slice(1)
  const text = await complete(root, ['fish', String(words.length - 1), '--', ...words, ...rest], env)
  const [kind = '', , ...lines] = text.split('\n').slice(0, -1)
  const parts = lines.map(one => one.split('\t'))
  return {
    kind,
    values: parts.map(([value = '']) => value),
    descriptions: parts.map(([, description = '']) => description),
  }
}

/** A package that oclif would take for an installed plugin. `files` are what it holds beside its package.json. */
export function addPlugin(
  dataDir: string,
  name: string,
  oclif: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string>>,
): void {
  const root = join(dataDir, 'node_modules', name)
  mkdirSync(root, {recursive: true})
  writeFileSync(join(root, 'package.json'), JSON.stringify({name, version: '1.0.0', type: 'module', oclif}))
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text)
}

/** What `crabbox plugins install` writes down of them. */
export const listPlugins = (dataDir: string, ...names: readonly string[]): void =>
  writeFileSync(
    join(dataDir, 'package.json'),
    JSON.stringify({oclif: {plugins: names.map(name => ({name, type: 'user'}))}}),
  )
