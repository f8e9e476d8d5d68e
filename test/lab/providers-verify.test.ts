import assert from 'node:assert/strict'

import {openLab, type Lab} from './support/cli.js'
import {hostLeftovers} from './support/host-leftovers.js'
import {leftovers} from './support/leftovers.js'
import {makeClient, type SshClient} from './support/ssh-client.js'
import {startSshd, type Sshd} from './support/sshd.js'

interface Report {
  readonly passed: number
  readonly failed: number
  readonly notRun: number
  readonly notOffered: readonly string[]
  readonly leftBehind: readonly string[]
  readonly cases: readonly {readonly operation: string; readonly outcome: string; readonly error: string | null}[]
}

describe('providers verify against a real SSH host', () => {
  let sshd: Sshd
  let client: SshClient
  let lab: Lab
  before(async () => {
    sshd = await startSshd()
    client = makeClient(sshd)
    lab = openLab('verify', {base: client.dir, env: client.env})
  })
  after(async () => {
    lab.close()
    client.close()
    await sshd.stop()
  })

  it('proves the ssh provider there, and leaves nothing', async () => {
    const report = await lab.json<Report>('providers', 'verify', 'ssh', '--host', `root@127.0.0.1:${sshd.port}`)
    assert.deepEqual(
      report.cases.filter(({outcome}) => outcome !== 'passed'),
      [],
    )
    const {passed, failed, notRun, leftBehind} = report
    assert.deepEqual(
      {passed, failed, notRun, leftBehind},
      {passed: report.cases.length, failed: 0, notRun: 0, leftBehind: []},
    )
    assert.deepEqual(
      [...new Set(report.cases.map(({operation}) => operation))],
      ['acquire', 'connect', 'release', 'list', 'create', 'fork', 'restore', 'delete', 'verify', 'recover', 'cancel'],
    )
    assert.ok(report.notOffered.includes('the tier aws-ami'))
    assert.deepEqual(hostLeftovers(sshd.home, []), [])
    assert.deepEqual(await leftovers(lab), [])
  })

  it('says that a host is out of reach, for every case', async () => {
    const {code, stdout} = await lab.run(
      'providers',
      'verify',
      'ssh',
      '--host',
      'root@127.0.0.1:1',
      '--only',
      'list',
      '--json',
    )
    assert.equal(code, 5)
    const {failed, cases} = JSON.parse(stdout) as Report
    assert.equal(failed, cases.length)
    for (const {error} of cases) assert.match(String(error), /127\.0\.0\.1:1/)
  })
})
