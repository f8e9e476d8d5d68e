import {CrabboxCommand} from '../../cli/command.js'
import {leaseFlag, workdirFlag} from '../../cli/flags.js'
import {busyError} from '../../core/errors.js'
import type {Lease} from '../../core/lease.js'
import {resolveLease} from '../../operations/resolve.js'
import {undoLastRestore} from '../../operations/restore.js'
import {UNDO} from '../../operations/restoring.js'
import {workdirOf} from '../../operations/workdir.js'

export default class CheckpointUndo extends CrabboxCommand {
  static override summary = 'Put back what the last restore replaced. Undo twice is where you began.'
  static override description = 'Exit codes: 2 usage, 4 no such lease, 5 provider, 6 nothing to undo or busy.'
  static override examples = ['<%= config.bin %> <%= command.id %> --id blue-lobster']
  static override flags = {id: leaseFlag, workdir: workdirFlag}

  async run(): Promise<{lease: string; target: string; undone: string}> {
    const {flags} = await this.parse(CheckpointUndo)
    const environment = await this.changingEnvironment()
    const lease = await resolveLease(environment.stateDir, flags.id)
    this.refuseSecond(lease, workdirOf(lease, flags.workdir ?? null).path)
    const {checkpoint, target} = await undoLastRestore(lease, flags.workdir ?? null, environment)
    this.log(
      `put back what was in ${target} before ${checkpoint === 'undo' ? 'the last undo' : `${checkpoint} was restored`}`,
    )
    return {lease: lease.id, target, undone: checkpoint}
  }

  /** Whoever repeats an undo whose end he did not hear of does not want to take it back. */
  private refuseSecond({id}: Lease, workdir: string): void {
    const before = this.interruptions.find(
      ({operation, subject: {lease, target}}) => operation === UNDO && lease === id && target === workdir,
    )
    if (before === undefined || before.recovery === 'given up') return
    throw busyError(
      'UNDO_INTERRUPTED',
      before.recovery === 'finished'
        ? 'the undo that was interrupted has been finished just now, and no other was made'
        : 'the undo that was interrupted had been finished, or not begun, and no other was made',
      'Look at what is there. If it is not what you want, undo once more.',
    )
  }
}
