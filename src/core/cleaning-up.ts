import type {Ask} from './ask.js'
import type {Context} from './context.js'
import {interruptedError} from './errors.js'

/** Whoever has stopped a command has answered all of its questions. */
const NOBODY: Ask = {confirm: async () => false, secret: () => Promise.reject(interruptedError())}

/** The context of work that puts right what a command leaves when it fails or is interrupted: it cannot be stopped, and asks nobody. */
export const cleaningUp = <C extends Context>(context: C): C => ({
  ...context,
  ask: NOBODY,
  signal: new AbortController().signal,
})
