import assert from 'node:assert/strict'
import {join} from 'node:path'

import type {Checkpoint} from '../../src/core/checkpoint.js'
import type {Lease} from '../../src/core/lease.js'
import {openLab, type Lab} from './support/cli.js'
import {stopAll} from './support/round.js'
import {sh} from './support/shell.js'
import {makeUser} from './support/user.js'

describe('owners of directories around what a restore replaces', () => {
  let lab: Lab
  let name: string
  before(() => {
    lab = openLab('owners')
    name = makeUser(join(lab.dir, 'home'), '/bin/sh')
  })
  after(async () => {
    await stopAll(lab)
    sh('userdel --force "$1" 2>/dev/null', name)
    lab.close()
  })

  it('are put back by number, whoever bears their name by then', async () => {
    const uid = sh('id -u "$1"', name).trim()
    const {slug, workdir} = await lab.json<Lease>('warmup', '--provider', 'local')
    sh('mkdir -p "$1/d/e"; echo 1 > "$1/d/e/f"; echo 1 > "$1/d/e/g"; chown -R "$2:$2" "$1/d"', workdir, uid)
    const {id} = await lab.json<Checkpoint>('checkpoint', 'create', '--id', slug)
    sh('usermod --uid "$(($2 + 7000))" "$1"', name, uid)
    sh('chown 0:0 "$1/d"; echo 2 > "$1/d/e/f"; echo 2 > "$1/d/e/g"', workdir)
    for (const command of [['restore', id], ['undo']]) {
      await lab.json('checkpoint', ...command, '--id', slug)
      const owners = sh('cd "$1" && stat -c "%u:%g" d d/e d/e/f', workdir).trim().split('\n')
      const own = `${uid}:${uid}`
      assert.deepEqual(owners, [command[0] === 'undo' ? '0:0' : own, own, own])
    }
  })
})
