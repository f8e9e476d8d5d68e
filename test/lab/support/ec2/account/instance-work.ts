import type {Instance, StateReason} from './resources.js'
import type {Region} from './region.js'

/** Does something with the container of an instance, after what was begun before. */
export function enqueue(instance: Instance, task: () => Promise<void>): Promise<void> {
  const done = instance.work.then(task)
  instance.work = done.catch(() => undefined)
  return done
}

/** Like `enqueue`, for what goes on after the answer: if it fails, EC2 has lost the machine. */
export function enqueueInBackground(region: Region, instance: Instance, task: () => Promise<void>): void {
  enqueue(instance, task).catch((error: unknown) => {
    terminate(region, instance, {code: 'Server.InternalError', message: String(error)})
  })
}

/** Ends an instance. It holds its security groups until its container is gone, and is to be seen afterwards. */
export function terminate(region: Region, instance: Instance, reason: StateReason): void {
  if (instance.state === 'shutting-down' || instance.state === 'terminated') return
  instance.state = 'shutting-down'
  instance.reason = reason
  const {id} = instance
  void enqueue(instance, async () => {
    instance.console = await region.machines.console(id).catch(() => '')
    await region.machines.remove(id).catch(() => undefined)
  }).finally(() => {
    instance.state = 'terminated'
    instance.groups = []
    region.volumes.delete(instance.volume)
  })
}
