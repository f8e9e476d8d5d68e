import {Flags} from '@oclif/core'

import {CrabboxCommand} from '../cli/command.js'
import {examine, repair, type Finding} from '../operations/doctor.js'

export default class Doctor extends CrabboxCommand {
  static override summary = 'Look for what is wrong with this machine and the state directory.'
  static override description =
    'Cleans up after interrupted commands. Exit codes: 0 all is well, 3 something needs you.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --repair']
  static override flags = {
    repair: Flags.boolean({
      description: 'go back to the previous generation of a broken file or record, and drop what has none',
    }),
  }

  async run(): Promise<{findings: readonly Finding[]}> {
    const {flags} = await this.parse(Doctor)
    const environment = await this.environment()
    if (flags.repair) for (const line of await repair(environment)) this.log(`repaired: ${line}`)
    const findings = await examine(environment)
    for (const {level, what, next} of findings)
      this.log(`${level.padEnd(7)}  ${what}${next === null ? '' : `\n         ${next}`}`)
    if (findings.some(finding => finding.level === 'problem')) process.exitCode = 3
    return {findings}
  }
}
