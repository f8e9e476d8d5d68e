import {providerError} from '../../core/errors.js'

/** The error for bytes that are no layer of ours. `what` completes "it holds". */
export const corrupt = (what: string): Error =>
  providerError(
    'LAYER_CORRUPT',
    `the stored layer is damaged: it holds ${what}`,
    'Run crabbox checkpoint inspect --verify, then restore the file from a backup or delete the checkpoint.',
  )
