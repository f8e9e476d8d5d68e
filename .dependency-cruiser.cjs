'use strict'

/** What each layer may import beside itself. Imports run one way, so that a layer can be read without those above it. */
const MAY_IMPORT = {
  core: [],
  transports: ['core'],
  state: ['core'],
  workspace: ['core', 'transports', 'state'],
  tiers: ['core', 'transports', 'state', 'workspace'],
  providers: ['core', 'transports', 'state', 'workspace', 'tiers'],
  operations: ['core', 'transports', 'state', 'workspace', 'tiers', 'providers'],
  cli: ['core', 'transports', 'state', 'workspace', 'tiers', 'providers', 'operations', 'testing'],
  commands: ['core', 'transports', 'state', 'workspace', 'tiers', 'providers', 'operations', 'testing', 'cli'],
  testing: ['core', 'state'],
}

const layers = Object.entries(MAY_IMPORT).map(([layer, others]) => ({
  name: `layer-${layer}`,
  comment: `src/${layer} may import ${['itself', ...others].join(', ')}: what lies above it must be free to change without it.`,
  severity: 'error',
  from: {path: `^src/${layer}/`},
  to: {path: '^src/', pathNot: `^src/(${[layer, ...others].join('|')})/`},
}))

const VENDOR_SDKS = '(^|/)node_modules/(@aws-sdk|@smithy|@google-cloud|@azure|dockerode|proxmox-api)/'

module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or hide a third that both need.',
      severity: 'error',
      from: {},
      to: {circular: true},
    },
    {
      name: 'sdk-is-the-surface-below-the-cli',
      comment: 'src/index.ts is for provider plugins: what only the command line needs is no part of it.',
      severity: 'error',
      from: {path: '^src/index\\.ts$'},
      to: {path: '^src/(commands|cli)/'},
    },
    {
      name: 'nobody-imports-the-sdk-entry',
      comment: 'src/index.ts re-exports for others; inside, a file is imported from where it lives.',
      severity: 'error',
      from: {path: '^src/'},
      to: {path: '^src/index\\.ts$'},
    },
    {
      name: 'core-is-vocabulary',
      comment: 'Everything stands on core, so core stands on nothing but Node.',
      severity: 'error',
      from: {path: '^src/core/'},
      to: {dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'npm-optional']},
    },
    {
      name: 'providers-are-strangers',
      comment:
        'A provider that leans on another cannot be moved into a plugin. What two share belongs to tiers or transports.',
      severity: 'error',
      from: {path: '^src/providers/([^/]+)/'},
      to: {path: '^src/providers/[^/]+/', pathNot: '^src/providers/$1/'},
    },
    {
      name: 'one-file-names-the-providers',
      comment: 'Built-in providers register like those of a third party: only providers/index.ts knows them by name.',
      severity: 'error',
      from: {path: '^src/', pathNot: '^src/providers/(index\\.ts$|[^/]+/)'},
      to: {path: '^src/providers/[^/]+/'},
    },
    {
      name: 'providers-load-lazily',
      comment:
        'A command must not pay for providers that it does not use: providers/index.ts imports them with import().',
      severity: 'error',
      from: {path: '^src/providers/index\\.ts$'},
      to: {path: '^src/providers/[^/]+/', dynamic: false},
    },
    {
      name: 'vendor-sdk-only-in-client',
      comment:
        "A vendor's API meets the code in one file for each provider, client.ts: there its errors and types are translated.",
      severity: 'error',
      from: {path: '^src/', pathNot: '^src/providers/[^/]+/client\\.ts$'},
      to: {path: VENDOR_SDKS},
    },
    {
      name: 'only-declared-packages',
      comment: 'What is imported but not in dependencies is there by luck, and missing from an installed package.',
      severity: 'error',
      from: {path: '^src/'},
      to: {dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'], dependencyTypesNot: ['type-only']},
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere fails when the file is loaded.',
      severity: 'error',
      from: {},
      to: {couldNotResolve: true},
    },
  ],
  options: {
    doNotFollow: {path: 'node_modules'},
    // Imports of types count: a layer that needs a type of a higher one depends on it all the same.
    tsPreCompilationDeps: true,
    tsConfig: {fileName: 'tsconfig.json'},
    enhancedResolveOptions: {exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default']},
  },
}
