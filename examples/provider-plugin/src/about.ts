/** What users write after `--provider`. */
export const NAME = 'overlayfs'

/** What `providers list` shows. */
export const SUMMARY = 'Overlay mounts on this machine: native checkpoints and forks cost a mount; needs root on Linux.'
