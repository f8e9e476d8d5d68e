import {Args} from '@oclif/core'

import {CrabboxCommand} from '../cli/command.js'
import {SHELL_NAMES, SHELLS, type ShellName} from '../cli/completion/shells/index.js'

export default class Completion extends CrabboxCommand {
  static override summary = 'Print what makes TAB complete commands, flags, leases and checkpoints.'
  static override description = `Load it where your shell starts: eval "$(crabbox completion bash)" in ~/.bashrc, eval "$(crabbox completion zsh)" in ~/.zshrc,
crabbox completion fish | source in ~/.config/fish/config.fish.`
  static override examples = ['eval "$(<%= config.bin %> <%= command.id %> bash)"']
  static override hiddenAliases = ['autocomplete']
  static override enableJsonFlag = false
  static override args = {
    shell: Args.option({options: SHELL_NAMES as unknown as ShellName[], description: 'your shell'})({required: true}),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(Completion)
    this.log(SHELLS[args.shell].script.trimEnd())
  }
}
