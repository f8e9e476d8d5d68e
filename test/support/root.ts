/** Why a test about permissions cannot run, or null: the superuser may read and write everything. */
export const rootSkip = process.getuid?.() === 0 ? ' (skipped: the superuser is never refused)' : null
