import {resolve} from 'node:path'

import {Args, Flags} from '@oclif/core'

import {CrabboxCommand} from '../../cli/command.js'
import {formatBytes} from '../../cli/format.js'
import {repoHere} from '../../cli/repo-here.js'
import {usageError} from '../../core/errors.js'
import {exportCheckpoint} from '../../operations/export.js'
import {resolveCheckpoint} from '../../operations/resolve.js'

export default class CheckpointExport extends CrabboxCommand {
  static override summary = 'Write a checkpoint as one ordinary tarball.'
  static override description = `Holds everything, whatever layers it lies in; any tar can open it.
Exit codes: 2 usage, 4 no such checkpoint, 5 the file cannot be written or a layer is damaged, 6 the file exists, 130 interrupted.`
  static override examples = ['<%= config.bin %> <%= command.id %> after-npm-ci --output scenario.tar.zst']
  static override args = {checkpoint: Args.string({description: 'id, unique prefix of it, or name', required: true})}
  static override flags = {
    output: Flags.string({
      char: 'o',
      description: 'file that ends in .tar, .tar.gz or .tar.zst',
      helpValue: 'FILE',
      required: true,
    }),
    force: Flags.boolean({description: 'overwrite the file'}),
  }

  async run(): Promise<{checkpoint: string; output: string; bytes: number}> {
    const {args, flags} = await this.parse(CheckpointExport)
    const environment = await this.environment()
    const checkpoint = await resolveCheckpoint(environment.stateDir, args.checkpoint, repoHere(environment))
    if (flags.output === '') throw usageError('OUTPUT_MISSING', 'no file is named', 'Give one with --output.')
    const output = resolve(environment.cwd, flags.output)
    const bytes = await exportCheckpoint(checkpoint, output, flags.force, environment)
    this.log(`wrote ${checkpoint.id} to ${output} (${formatBytes(bytes)})`)
    return {checkpoint: checkpoint.id, output, bytes}
  }
}
