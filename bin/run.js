#!/usr/bin/env node
import {dirname} from 'node:path'

const root = dirname(import.meta.dirname)

if (process.argv[2] === '__complete') {
  // A shell waits for every TAB: nothing is loaded that completion does not need, oclif least of all.
  const {complete} = await import('../dist/cli/completion/main.js')
  process.on('uncaughtException', () => undefined)
  process.stdout.on('error', () => undefined)
  process.stdout.write(await complete(root, process.argv.slice(3), process.env))
  // A plugin that was asked for its providers may have left something running.
  process.exit(0)
}

const {start} = await import('../dist/cli/start.js')
await start(root, process.argv.slice(2))
