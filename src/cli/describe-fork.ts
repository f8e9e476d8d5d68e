import type {Checkpoint} from '../core/checkpoint.js'
import type {Lease, MachineClass} from '../core/lease.js'

/** What a fork would be, in a line. */
export function describeForkPlan(
  checkpoint: Checkpoint['id'],
  count: number,
  plan: {readonly provider: string; readonly class: MachineClass},
): string {
  return `would open ${count} ${plan.provider} lease${count === 1 ? '' : 's'} of class ${plan.class} from ${checkpoint}`
}

/** A fork that was made, in lines: where it is, or how the command ended on it. */
export function describeFork(lease: Lease, exitCode: number | undefined): string[] {
  const ready = `${lease.slug} is ready (${lease.id}, ${lease.provider}, ${lease.class})`
  return exitCode === undefined
    ? [ready, `workdir: ${lease.workdir}`]
    : [`${ready}: the command ended with ${exitCode}`]
}
