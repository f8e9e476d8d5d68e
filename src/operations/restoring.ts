/** How locks call a restore. */
export const RESTORE = 'checkpoint restore'

/** How locks call an undo. */
export const UNDO = 'checkpoint undo'
