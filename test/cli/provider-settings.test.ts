import assert from 'node:assert/strict'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {loadConfiguration, loadSettings} from '../../src/cli/config/configuration.js'
import {variableOf} from '../../src/cli/config/provider-settings.js'
import {silentProgress} from '../../src/core/progress.js'
import {registerBuiltIns} from '../../src/providers/index.js'
import {createRegistry} from '../../src/providers/registry.js'
import {temporaryDirectory} from '../support/temporary.js'

describe('what is configured for a provider', () => {
  const dir = temporaryDirectory()
  const registry = createRegistry()
  before(() => registerBuiltIns(registry))
  const where = (): {cwd: string; registry: typeof registry} => ({cwd: dir(), registry})
  const env = (more: Record<string, string> = {}): NodeJS.ProcessEnv => ({XDG_CONFIG_HOME: join(dir(), 'xdg'), ...more})
  const user = (text: string): void => {
    mkdirSync(join(dir(), 'xdg', 'crabbox'), {recursive: true})
    writeFileSync(join(dir(), 'xdg', 'crabbox', 'config.yaml'), text)
  }

  it('stands in the file, and the environment comes before it', async () => {
    user('providers:\n  aws: {region: eu-central-1, market: spot, diskGb: 200}\n')
    assert.deepEqual(await loadSettings('aws', where(), env()), {region: 'eu-central-1', market: 'spot', diskGb: '200'})
    const changed = await loadSettings(
      'aws',
      where(),
      env({CRABBOX_AWS_REGION: 'us-east-1', CRABBOX_AWS_SSH_FROM: '203.0.113.7/32'}),
    )
    assert.deepEqual(changed, {region: 'us-east-1', market: 'spot', diskGb: '200', sshFrom: '203.0.113.7/32'})
  })

  it('is nothing for a provider without settings, and none is read for it', async () => {
    user('providers: [')
    assert.deepEqual(await loadSettings('local', where(), env()), {})
  })

  for (const [text, says] of [
    ['providers: {aws: {zone: a}}', /config\.yaml:1:19: there is no key "zone"; allowed are region, profile/],
    ['providers: {aws: {region: here}}', /1:27: providers\.aws\.region is "here"; write it as AWS does/],
    ['providers: {aws: {market: cheap}}', /allowed are on-demand, spot/],
    ['providers: {aws: {sshFrom: 0.0.0.0/0}}', /none may be the whole internet/],
    ['providers: {aws: {sshFrom: "10.0.0.0/8, ::/0"}}', /none may be the whole internet/],
    ['providers: {aws: {diskGb: -1}}', /number of gigabytes/],
    ['providers: {aws: eu-central-1}', /it has to be keys with values/],
    ['providers: {local: {a: b}}', /nothing can be set for a provider "local"/],
    ['providers: {aws: {constructor: b}}', /there is no key "constructor"/],
  ] as const)
    it(`is refused where it is wrong: ${text}`, async () => {
      user(text)
      await assert.rejects(loadSettings('aws', where(), env()), {code: 'CONFIG_INVALID', message: says})
    })

  it('is told of, and no more, when there is no such provider: its plugin may be gone', async () => {
    user('providers: {moon: {a: b}, aws: {region: eu-central-1}}')
    const warnings: string[] = []
    const progress = {...silentProgress, warn: (text: string) => warnings.push(text)}
    assert.deepEqual(await loadSettings('aws', {...where(), progress}, env()), {region: 'eu-central-1'})
    assert.match(warnings.join(), /^[^,]*config\.yaml:1:13: nothing can be set for a provider "moon"; allowed are aws$/)
  })

  it('is refused in the environment, too, by the name of the variable', async () => {
    const opened = loadSettings('aws', where(), env({CRABBOX_AWS_SSH_FROM: '0.0.0.0/0'}))
    await assert.rejects(opened, {code: 'SETTING_INVALID', message: /CRABBOX_AWS_SSH_FROM/})
  })

  it("is refused in the file of a repository, which must not spend its users' money", async () => {
    writeFileSync(join(dir(), '.crabbox.yaml'), 'providers: {aws: {profile: theirs}}\n')
    await assert.rejects(loadConfiguration(where(), env()), {
      code: 'CONFIG_INVALID',
      message: /accounts.*cannot have providers/,
    })
  })

  it('has a variable for each key', () => {
    assert.equal(variableOf('aws', 'sshFrom'), 'CRABBOX_AWS_SSH_FROM')
    assert.equal(variableOf('my-cloud', 'diskGb'), 'CRABBOX_MY_CLOUD_DISK_GB')
  })
})
