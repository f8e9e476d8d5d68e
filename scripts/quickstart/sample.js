import {execFileSync} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

const FILES = {
  'package.json': `${JSON.stringify(
    {
      name: 'greeter',
      version: '1.0.0',
      private: true,
      type: 'module',
      scripts: {test: 'node --test'},
      dependencies: {picocolors: '^1.1.0'},
    },
    undefined,
    2,
  )}\n`,
  '.gitignore': 'node_modules/\n',
  'greet.js': `import colors from 'picocolors'

export const greet = name => colors.createColors(true).green(\`Hello, \${name}!\`)
`,
  'greet.test.js': `import assert from 'node:assert/strict'
import test from 'node:test'

import {greet} from './greet.js'

test('greets in green', () => assert.equal(greet('crab'), '\\u001b[32mHello, crab!\\u001b[39m'))
`,
}

/** A git repository with a package that has one dependency from the registry, a lockfile and a test. */
export function makeSample(dir, env) {
  mkdirSync(dir)
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(dir, name), text)
  const run = (program, ...args) => execFileSync(program, args, {cwd: dir, env, stdio: ['ignore', 'ignore', 'inherit']})
  run('npm', 'install', '--package-lock-only', '--no-audit', '--no-fund')
  run('git', 'init', '--quiet', '--initial-branch', 'main')
  run('git', 'add', '.')
  run(
    'git',
    '-c',
    'user.name=Quickstart',
    '-c',
    'user.email=quickstart@localhost',
    'commit',
    '--quiet',
    '-m',
    'A greeter',
  )
}
