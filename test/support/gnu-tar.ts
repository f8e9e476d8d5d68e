import {execFileSync} from 'node:child_process'

/** What GNU tar makes of a directory, with the options that the engine uses. */
export const gnuTar = (directory: string, ...options: readonly string[]): Buffer =>
  execFileSync(
    'tar',
    ['--create', '--file=-', '--format=posix', '--sparse', '--xattrs', ...options, '-C', directory, '.'],
    {maxBuffer: 1 << 28},
  )
