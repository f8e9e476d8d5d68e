import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'

import {projectRoot} from '../support/project.js'

describe('oclif.manifest.json', () => {
  it('lists the commands as they are built', () => {
    const check = spawnSync(process.execPath, ['scripts/manifest.js', '--check'], {cwd: projectRoot, encoding: 'utf8'})
    assert.equal(check.status, 0, check.stderr)
  })
})
