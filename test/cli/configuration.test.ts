import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {loadConfiguration, loadHosts, type Configuration} from '../../src/cli/config/configuration.js'
import {CrabboxError} from '../../src/core/errors.js'
import {registerBuiltIns} from '../../src/providers/index.js'
import {createRegistry} from '../../src/providers/registry.js'

import {temporaryDirectory} from '../support/temporary.js'

describe('configuration files', () => {
  const dir = temporaryDirectory()
  const registry = createRegistry()
  before(() => registerBuiltIns(registry))
  const repository = (): string => join(dir(), 'shop')
  const userFile = (): string => join(dir(), 'xdg', 'crabbox', 'config.yaml')
  const repoFile = (): string => join(repository(), '.crabbox.yaml')
  const load = (cwd = repository()): Promise<Configuration> =>
    loadConfiguration({cwd, registry}, {XDG_CONFIG_HOME: join(dir(), 'xdg')})
  beforeEach(() => {
    mkdirSync(repository())
    mkdirSync(join(dir(), 'xdg', 'crabbox'), {recursive: true})
  })

  /** What a wrong file is refused with, without the file's name. */
  const refusal = async (file: string, text: string | Buffer): Promise<string> => {
    writeFileSync(file, text)
    const error = await load().then(
      () => assert.fail(`was not refused: ${text.toString()}`),
      (thrown: unknown) => thrown,
    )
    assert.ok(error instanceof CrabboxError)
    assert.equal(`${error.kind} ${error.code}`, 'config CONFIG_INVALID')
    assert.ok(error.message.startsWith(`${file}:`), error.message)
    return error.message.slice(file.length + 1)
  }

  it('need not be there, and may be empty', async () => {
    assert.deepEqual(await load(), {})
    writeFileSync(userFile(), '')
    writeFileSync(repoFile(), '# nothing\n---\n')
    assert.deepEqual(await load(), {})
  })

  it('say what they have, and the repository comes before the user, key by key', async () => {
    writeFileSync(
      userFile(),
      `provider: ssh
class: large
ttl: 12h
hosts:
  - name: build-1
    address: me@build-1.example
  - {name: b2, address: "me@[::1]:2222", workRoot: /srv//crabbox/, labels: {rack: b, note: two words}}
`,
    )
    writeFileSync(repoFile(), 'class: tiny\n')
    const hosts = [
      {name: 'build-1', address: 'me@build-1.example', workRoot: null, labels: {}},
      {name: 'b2', address: 'me@[::1]:2222', workRoot: '/srv/crabbox', labels: {rack: 'b', note: 'two words'}},
    ]
    assert.deepEqual(await load(), {provider: 'ssh', class: 'tiny', ttl: '12h', hosts})
    assert.deepEqual(await loadHosts({cwd: '/', registry}, {XDG_CONFIG_HOME: join(dir(), 'xdg')}), hosts)
  })

  it('of a repository lie at the top of the checkout, and in the directory itself elsewhere', async () => {
    mkdirSync(join(repository(), 'src'))
    writeFileSync(repoFile(), 'class: beast\n')
    assert.deepEqual(await load(join(repository(), 'src')), {})
    assert.deepEqual(await load(), {class: 'beast'})
    execFileSync('git', ['init', '--quiet'], {cwd: repository(), stdio: 'pipe'})
    assert.deepEqual(await load(join(repository(), 'src')), {class: 'beast'})
  })

  it('are refused with the place of what is wrong, and with what is allowed', async () => {
    const cases: readonly [string, string][] = [
      [
        'provider: local\nclas: tiny',
        '2:1: there is no key "clas"; allowed are provider, class, ttl, hosts, providers',
      ],
      ['__proto__: 1', '1:1: there is no key "__proto__"; allowed are provider, class, ttl, hosts, providers'],
      ['provider: nowhere', '1:11: provider is "nowhere"; allowed are local, ssh, aws'],
      ['# first\nclass: huge', '2:8: class is "huge"; allowed are tiny, small, standard, fast, large, beast'],
      ['class:', '1:7: class is empty; allowed are tiny, small, standard, fast, large, beast'],
      ['class: [tiny]', '1:8: class is a list; allowed are tiny, small, standard, fast, large, beast'],
      ['ttl: 12', '1:6: ttl is 12; write a number and a unit: 90s, 30m, 12h, 7d or 2w'],
      ['ttl: 5y', '1:6: ttl is "5y"; write a number and a unit: 90s, 30m, 12h, 7d or 2w'],
      ['- class', '1:1: the file is a list; it has to be keys with values'],
      ['hello', '1:1: the file is "hello"; it has to be keys with values'],
      ['1: tiny', '1:1: a key has to be a text'],
      ['class: &a tiny\nttl: *a', '2:6: aliases are not supported; write the value out'],
      ['hosts: {}', '1:8: hosts is a map; it has to be a list'],
      ['hosts:\n  - build.example', '2:5: hosts[0] is "build.example"; it has to be keys with values'],
      ['hosts:\n  - name: a', '2:5: hosts[0] has no address; every host needs both'],
      ['hosts:\n  - address: a', '2:5: hosts[0] has no name; every host needs both'],
      [
        'hosts:\n  - {name: a, address: b}\n  - {name: a, address: c}',
        '3:5: there are two hosts named a; names have to differ',
      ],
      [
        'hosts:\n  - name: a\n    address: "a b"',
        '3:14: hosts[0].address is "a b"; write it as user@host:port, or as a name of your ssh configuration',
      ],
      [
        'hosts: [{name: -a, address: b}]',
        '1:16: hosts[0].name is "-a"; allowed are letters, digits, dots, hyphens and underscores, beginning with a letter or a digit',
      ],
      [
        'hosts: [{name: a, address: b, workRoot: leases}]',
        '1:41: hosts[0].workRoot is "leases"; it has to be an absolute path, and not /',
      ],
      [
        'hosts: [{name: a, address: b, workRoot: /x/..}]',
        '1:41: hosts[0].workRoot is "/x/.."; it has to be an absolute path, and not /',
      ],
      [
        'hosts: [{name: a, address: b, workRoot: "/a\\nb"}]',
        '1:41: hosts[0].workRoot is "/a\\nb"; it has to be an absolute path, and not /',
      ],
      [
        'hosts: [{name: a, address: b, labels: {n: 1}}]',
        '1:43: hosts[0].labels.n is 1; it has to be a text in one line',
      ],
      ['hosts: [{name: a, adress: b}]', '1:19: there is no key "adress"; allowed are name, address, workRoot, labels'],
    ]
    for (const [text, expected] of cases) assert.equal(await refusal(userFile(), text), expected, text)
  })

  it('are refused where they do not parse', async () => {
    assert.match(await refusal(repoFile(), 'class: tiny\nclass: fast\n'), /^2:1: Map keys must be unique/)
    assert.match(await refusal(repoFile(), 'class: "tiny\n'), /^2:1: Missing closing "quote/)
    assert.match(await refusal(repoFile(), '\n  class: [tiny\n'), /^3:1: /)
    assert.match(await refusal(repoFile(), 'class: !mine tiny\n'), /^1:8: Unresolved tag/)
    assert.match(
      await refusal(repoFile(), 'class: tiny\n---\nclass: fast\n'),
      /^2:1: Source contains multiple documents/,
    )
    assert.match(await refusal(repoFile(), Buffer.from([0x61, 0xff])), /^ cannot be read: it is no UTF-8 text/)
  })

  it('are refused where they cannot be read', async () => {
    mkdirSync(repoFile())
    await assert.rejects(load(), {
      code: 'CONFIG_INVALID',
      message: new RegExp(`^${repoFile()}: cannot be read: EISDIR`),
    })
  })

  it('of a repository cannot have hosts', async () => {
    assert.equal(
      await refusal(repoFile(), 'class: tiny\nhosts: []\n'),
      '2:8: a repository must not choose where your files go, so its file cannot have hosts; allowed are provider, class, ttl',
    )
  })
})
