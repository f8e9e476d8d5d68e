import assert from 'node:assert/strict'
import {join} from 'node:path'

import ts from 'typescript'

import {makeConsumer} from '../support/consumer.js'
import {temporaryDirectory} from '../support/temporary.js'

/** A provider as strangers write it, and what they use of both entry points. */
const PLUGIN = `
import {
  CONTRACT, connectSsh, CrabboxError, defineProvider, notFoundError, recipe, runScript, workspaceArchive,
  workspaceArchiveRestore, type LeaseOperations, type ProviderRegistrar, type TierHandlers,
} from 'crabbox'
import {conformanceCases, describeConformance, runConformance, type KnownGap} from 'crabbox/testing'

const leases: LeaseOperations = {
  acquire: async ({id, repoName, record}, {signal}) => {
    signal.throwIfAborted()
    await record({machine: id})
    return {workRoot: '/' + id, workdir: '/' + id + '/' + repoName, details: {machine: id}}
  },
  connect: async ({details}, context) => {
    const address = details['machine']
    if (address === undefined) throw notFoundError('LEASE_GONE', 'it is gone')
    return (await connectSsh({address, acceptNew: true}, context)).transport
  },
  status: async () => 'running',
  release: async (lease, context) => {
    const {transport} = await connectSsh({address: lease.id}, context)
    await runScript(transport, 'rm -rf -- "$1"', [lease.id], context.signal, {purpose: 'release'})
  },
}
declare const native: TierHandlers<'provider-native'>
export const provider = defineProvider({
  name: 'sample',
  summary: 'A sample.',
  leases,
  tiers: {recipe: recipe(), 'workspace-archive': workspaceArchive(leases), 'provider-native': native},
  restores: {'workspace-archive': workspaceArchiveRestore(leases)},
})
const mechanism: Promise<string> = provider.tiers['provider-native']
  .create({} as never, {} as never)
  .then(({artifact}) => artifact.mechanism)
export default async ({registry}: {registry: ProviderRegistrar}): Promise<void> =>
  registry.register({name: 'sample', summary: mechanism.toString(), contract: CONTRACT, load: async () => provider})
const gaps: KnownGap[] = []
describeConformance(() => ({provider}), {describe: (_, body) => body(), it: async (_, run) => run()}, gaps)
export const failed: Promise<number> = runConformance(conformanceCases({provider})).then(report => report.failed)
export const isOurs = (error: unknown): boolean => error instanceof CrabboxError && error.kind === 'usage'
// @ts-expect-error -- a tier that there is none of
defineProvider({name: 'sample', summary: '', leases, tiers: {floppy: native}})
`

const RESOLUTIONS = {
  node16: {module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16},
  bundler: {module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler},
}

describe("the SDK's types", () => {
  const dir = temporaryDirectory()

  for (const [name, resolution] of Object.entries(RESOLUTIONS))
    it(`are found, and whole, under the module resolution ${name}`, () => {
      const root = makeConsumer(dir(), {'plugin.ts': PLUGIN})
      const program = ts.createProgram([join(root, 'plugin.ts')], {
        ...resolution,
        target: ts.ScriptTarget.ES2023,
        strict: true,
        noEmit: true,
        exactOptionalPropertyTypes: true,
        types: ['node'],
        typeRoots: [join(root, 'node_modules', '@types')],
      })
      const ours = program
        .getSourceFiles()
        .filter(({fileName}) => /plugin\.ts$|\/dist\//.test(fileName))
        .flatMap(file => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
        .concat(program.getOptionsDiagnostics())
      assert.deepEqual(
        ours.map(({file, messageText}) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
        [],
      )
    }).timeout(120_000)
})
