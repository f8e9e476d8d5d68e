import type {Command, Hook, Interfaces} from '@oclif/core'

import {failureOf, printable} from './errors.js'
import {visible} from './visible.js'

/** What oclif ends with where there is no such command, as shells do. */
const NOT_FOUND = 127

/**
 * oclif takes a word after a command without arguments for a part of its name: `warmup extra` is no command to it. The
 * command is given the word instead, and refuses it like any other. Everything else is a typing error, for which the nearest
 * command is proposed.
 */
const hook: Hook.CommandNotFound = async function (options) {
  const {config, id, argv = []} = options
  const command = wordlessCommand(id, config)
  if (command !== undefined) {
    const words = id.slice(command.id.length + 1).split(':')
    try {
      return await config.runCommand(command.id, [...words, ...argv], command)
    } catch (error) {
      // A plugin's command leaves oclif's own error as it is, for which oclif looks for help on the name it has not found.
      throw printable(failureOf(error))
    }
  }

  // A program that reads JSON is asked nothing, and gets what it reads.
  if (argv.includes('--json')) {
    const said = `${id.replaceAll(':', ' ')} is not a ${config.bin} command`
    const hint = `Run ${config.bin} help for a list of available commands.`
    const error = {code: 'COMMAND_NOT_FOUND', message: visible(said), hint, exit: NOT_FOUND}
    process.stdout.write(`${JSON.stringify({error}, null, 2)}\n`)
    return this.exit(NOT_FOUND)
  }

  const {default: proposeNearest} = await import('@oclif/plugin-not-found')
  return proposeNearest.call(this, options)
}

export default hook

/**
 * The command that an id begins with, when it has no use for words: any other could do something that was not asked for. One
 * with commands below it, such as `plugins`, is left out: there the word is more likely the name of one of them.
 */
function wordlessCommand(id: string, config: Interfaces.Config): Command.Loadable | undefined {
  const words = id.split(':')
  const names = words.map((_, i) => words.slice(0, i + 1).join(':'))
  return names
    .map(name => config.findCommand(name))
    .find(
      command =>
        command !== undefined &&
        command.strict !== false &&
        Object.keys(command.args).length === 0 &&
        !config.commandIDs.some(other => other.startsWith(`${command.id}:`)),
    )
}
