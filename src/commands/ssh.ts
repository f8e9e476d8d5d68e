import {CrabboxCommand} from '../cli/command.js'
import {leaseFlag} from '../cli/flags.js'
import {resolveLease} from '../operations/resolve.js'
import {openShell} from '../operations/shell.js'

export default class Ssh extends CrabboxCommand {
  static override summary = "Open a shell in a lease's workdir."
  static override description =
    "The exit code is the shell's own. Exit codes when it could not be opened: 4 no such lease, 5 provider, 6 the lease is busy."
  static override examples = ['<%= config.bin %> <%= command.id %> --id blue-lobster']
  static override enableJsonFlag = false
  static override flags = {id: leaseFlag}

  async run(): Promise<void> {
    const {flags} = await this.parse(Ssh)
    const environment = await this.changingEnvironment()
    process.exitCode = await openShell(await resolveLease(environment.stateDir, flags.id), environment)
  }
}
