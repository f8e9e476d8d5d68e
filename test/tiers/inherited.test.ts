import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {readdir, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'

import {archiveLab} from '../support/archive-lab.js'
import {pictureOf} from '../support/tree.js'

const aclsOf = (directory: string): string =>
  execFileSync('getfacl', ['-R', '-c', '-s', '-p', directory], {encoding: 'utf8'}).trim()

describe('an empty workdir below a directory that hands its ACL down', () => {
  const lab = archiveLab()
  beforeEach(async function () {
    try {
      execFileSync('setfacl', ['-d', '-m', 'u:1234:rwx', dirname(lab().workdir)], {stdio: 'ignore'})
    } catch {
      this.skip()
    }
  })

  it('is filled with what was saved, and with no ACL that was not', async () => {
    const {workdir, write, create, restore} = lab()
    execFileSync('setfacl', ['-b', workdir])
    await write('src/a', 'a')
    execFileSync('setfacl', ['-R', '-b', workdir])
    assert.equal(aclsOf(workdir), '')
    const {checkpoint} = await create()
    const picture = await pictureOf(workdir)
    for (const name of await readdir(workdir)) await rm(join(workdir, name), {recursive: true})
    await restore(checkpoint)
    assert.deepEqual(await pictureOf(workdir), picture)
    assert.equal(aclsOf(workdir), '')
  })
})
