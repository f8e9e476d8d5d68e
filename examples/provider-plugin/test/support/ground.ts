import {execFileSync} from 'node:child_process'
import {mkdtempSync, realpathSync, rmdirSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {refusal} from '../../src/privileges.js'

/** Why nothing can be mounted here, or false: for the option `skip` of tests. */
export const skip: string | false = (await refusal()) ?? false

/** A tmpfs of one's own, on which overlays work whatever the machine's own disk is. */
export function openGround(): {readonly path: string; readonly close: () => void} {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'crabbox-overlayfs-')))
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', path])
  return {
    path,
    close: () => {
      // What a test that failed has left mounted goes, too.
      execFileSync('umount', ['--recursive', '--lazy', path])
      rmdirSync(path)
    },
  }
}
