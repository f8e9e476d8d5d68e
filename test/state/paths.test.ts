import assert from 'node:assert/strict'
import {stat, writeFile} from 'node:fs/promises'
import {homedir} from 'node:os'
import {join} from 'node:path'

import {defaultStateDir, prepareStateDir, statePaths} from '../../src/state/paths.js'
import {temporaryDirectory} from '../support/temporary.js'

describe('the state directory', () => {
  const directory = temporaryDirectory()

  it('is where the environment says, and in the home directory otherwise', () => {
    assert.equal(defaultStateDir({CRABBOX_STATE_DIR: '/a/b', XDG_STATE_HOME: '/c'}), '/a/b')
    assert.equal(defaultStateDir({CRABBOX_STATE_DIR: '', XDG_STATE_HOME: '/c'}), '/c/crabbox')
    for (const env of [{}, {XDG_STATE_HOME: ''}, {XDG_STATE_HOME: 'relative'}])
      assert.equal(defaultStateDir(env), join(homedir(), '.local/state/crabbox'))
  })

  it('is never relative to where one happens to stand', () => {
    assert.throws(() => defaultStateDir({CRABBOX_STATE_DIR: 'state'}), {code: 'STATE_DIR_RELATIVE', kind: 'config'})
  })

  it('is made with all that is in it, for the user alone, and left as it is then', async () => {
    const stateDir = join(directory(), 'deep/state')
    await prepareStateDir(stateDir)
    const paths = await prepareStateDir(stateDir)
    const {layers, manifests, baselines, synced, locks, localLeases} = paths
    for (const path of [stateDir, layers, manifests, baselines, synced, locks, localLeases])
      assert.equal((await stat(path)).mode & 0o777, 0o700, path)
    assert.deepEqual(paths, statePaths(stateDir))
  })

  it('is refused where a file is in its place', async () => {
    await writeFile(join(directory(), 'file'), '')
    for (const path of ['file', 'file/below'])
      await assert.rejects(prepareStateDir(join(directory(), path)), {code: 'STATE_DIR_UNUSABLE', kind: 'config'})
  })
})
