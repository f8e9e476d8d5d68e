import type {Context} from '../core/context.js'

/** A context whose signal is aborted already. */
export const interrupted = (context: Context): Context => ({...context, signal: AbortSignal.abort()})

/** A context that is aborted as soon as the operation reports progress: when it has begun, and has not ended. */
export function interruptedAtProgress(context: Context): Context {
  const controller = new AbortController()
  return {
    ...context,
    signal: controller.signal,
    progress: {
      ...context.progress,
      start: (...task) => {
        controller.abort()
        return context.progress.start(...task)
      },
    },
  }
}
