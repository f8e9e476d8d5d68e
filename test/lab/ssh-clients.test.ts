import assert from 'node:assert/strict'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'

import type {Lease} from '../../src/core/lease.js'
import {openLab, type Lab} from './support/cli.js'
import {hostLeftovers} from './support/host-leftovers.js'
import {leftovers} from './support/leftovers.js'
import {sh} from './support/shell.js'
import {ALIAS, makeClient, type SshClient} from './support/ssh-client.js'
import {startSshd, type Sshd} from './support/sshd.js'

/** Leases of each client, and its processes at the same time. */
const LEASES = 20
const PROCESSES = 5

interface User {
  readonly name: string
  readonly client: SshClient
  readonly lab: Lab
}

describe('two clients on one host', () => {
  let sshd: Sshd
  let users: readonly User[]

  before(async () => {
    sshd = await startSshd()
    users = ['ann', 'bob'].map(name => {
      const client = makeClient(sshd)
      // Of the same name, as it is with colleagues.
      const project = join(client.dir, 'shop')
      sh('mkdir "$1"; cd "$1"; git init -q -b main; echo "$2" > owner; git add .', project, name)
      sh('cd "$1"; git -c user.name=T -c user.email=t@example.test commit -q -m Begin', project)
      return {name, client, lab: openLab(name, {base: client.dir, cwd: project, env: client.env})}
    })
  })
  after(async () => {
    for (const {lab, client} of users) {
      lab.close()
      client.close()
    }

    await sshd.stop()
  })

  /** Whoever has no record of a lease cannot stop it, though it lies on the same host. */
  const stopByOther = async (client: SshClient, {id}: Lease): Promise<void> => {
    const other = users.find(user => user.client !== client)
    assert.equal((await other?.lab.run('stop', '--id', id))?.code, 4)
  }

  it('lease, run and stop at the same time, and nothing is crossed', async () => {
    const work = async ({name, client, lab}: User, number: number): Promise<void> => {
      const slug = `work-${number}`
      const lease = await lab.json<Lease>('warmup', '--host', ALIAS, '--slug', slug)
      const script = 'cat owner; ls -A | wc -l; echo "$0" > made; sleep 0.2; cat made'
      const mark = `${name} ${number}`
      const {code, stdout, stderr} = await lab.run('run', '--id', slug, '--', 'sh', '-c', script, mark)
      assert.equal(code, 0, stderr)
      assert.equal(stdout, `${name}\n1\n${mark}\n`)
      if (number % 5 === 0) await stopByOther(client, lease)
      assert.equal(sh('cat "$1/made"', lease.workdir), `${mark}\n`)
      await lab.json('stop', '--id', lease.id)
      writeFileSync(join(client.dir, `done-${number}`), lease.id)
    }

    const keepers = await Promise.all(
      users.map(({lab}) => lab.json<Lease>('warmup', '--host', ALIAS, '--slug', 'keeper')),
    )
    for (const {workdir} of keepers) sh('echo kept > "$1/file"', workdir)
    await Promise.all(
      users.map(async user => {
        const numbers = Array.from({length: LEASES}, (_, i) => i)
        const worker = async (): Promise<void> => {
          for (let next = numbers.shift(); next !== undefined; next = numbers.shift()) await work(user, next)
        }

        await Promise.all(Array.from({length: PROCESSES}, worker))
      }),
    )
    for (const {client} of users) assert.equal(sh('cat "$1"/done-* | wc -c', client.dir).trim(), String(LEASES * 16))
    assert.deepEqual(hostLeftovers(sshd.home, keepers), [])
    for (const {workdir} of keepers) assert.equal(sh('cat "$1/file"', workdir), 'kept\n')
    for (const {lab} of users) {
      await lab.json('stop', '--id', 'keeper')
      assert.deepEqual(await leftovers(lab), [])
    }

    assert.deepEqual(hostLeftovers(sshd.home, []), [])
  })
})
