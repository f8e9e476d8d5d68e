import {throwIfAborted, usageError} from '../core/errors.js'
import type {TierHandlers} from '../core/handlers.js'

/** Metadata only: which commands brought a lease to its state. Every provider can offer it. */
export const recipe = (): TierHandlers<'recipe'> => ({
  guarantees: {
    preserves: [
      'the repository, its commit and branch',
      'the provider, class and workdir',
      'the commands that run saw succeed',
    ],
    loses: ['every file', 'everything else on the machine'],
    cost: 'nothing: a few lines in the catalog',
    retention: 'until it is deleted',
    security: 'commands are stored as they were typed; a secret on a command line would be stored with them',
  },
  probe: async () => ({ok: true}),
  create: async (request, context) => {
    throwIfAborted(context.signal)
    const artifact = {commands: request.lease.history.filter(ran => ran.exitCode === 0)}
    await request.record(artifact)
    return {artifact, sizes: {content: 0, stored: 0, entries: 0}, warnings: [], parent: null}
  },
  fork: async ({checkpoint}) => {
    const commands = checkpoint.artifact.commands.map(({command}) =>
      typeof command === 'string' ? command : command.join(' '),
    )
    throw usageError(
      'RECIPE_NOT_REBUILDABLE',
      `${checkpoint.id} is a recipe: it holds the repository, the lease's settings and ${commands.length} commands that succeeded, but no files to fork from`,
      commands.length === 0
        ? 'Make a checkpoint with --mode archive instead.'
        : `Warm up a lease and run them again (${commands.join(' && ')}), or make a checkpoint with --mode archive.`,
    )
  },
  delete: async () => undefined,
  verify: async () => ({problems: [], checkedBytes: 0}),
})
