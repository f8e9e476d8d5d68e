import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {sh} from './shell.js'

const FILES = {
  'package.json': JSON.stringify({
    name: 'greeter',
    version: '1.0.0',
    private: true,
    scripts: {test: 'node --test'},
    dependencies: {shout: 'file:vendor/shout'},
  }),
  'vendor/shout/package.json': JSON.stringify({name: 'shout', version: '1.0.0', main: 'index.js'}),
  'vendor/shout/index.js': 'module.exports = text => text.toUpperCase()\n',
  // With a copy instead of a link, node_modules holds files of its own, as with a package from the registry.
  '.npmrc': 'install-links=true\noffline=true\naudit=false\nfund=false\nupdate-notifier=false\n',
  '.gitignore': 'node_modules/\n',
  'greet.js': "module.exports = name => require('shout')(`hello ${name}`)\n",
  'greet.test.js': `const assert = require('node:assert/strict')
require('node:test')('greets loudly', () => assert.equal(require('./greet.js')('crab'), 'HELLO CRAB'))
`,
}

/** A git repository with an npm package whose one dependency lies beside it: `npm ci` works without a network. */
export function makeNpmProject(dir: string): void {
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(join(dir, name, '..'), {recursive: true})
    writeFileSync(join(dir, name), text)
  }

  sh(
    `cd "$1"; npm install --package-lock-only --loglevel=error >/dev/null; git init -q -b main; git add .
    git -c user.name=T -c user.email=t@example.test commit -q -m Begin`,
    dir,
  )
}
