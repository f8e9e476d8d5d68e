// `npm run test:lab`: the tests that need root, real servers or packages of the system. On a Debian-like machine, as
// root, it installs what is missing first. A test that skips itself here fails, unless it is on the list of expected skips.
import {spawnSync} from 'node:child_process'
import {dirname, join} from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'

const PACKAGES = [
  ...['rsync', 'attr', 'acl', 'util-linux', 'e2fsprogs', 'shellcheck', 'procps'],
  ...['openssh-server', 'openssh-client', 'dropbear-bin', 'busybox-static', 'libarchive-tools', 'zsh', 'fish', 'zstd'],
]

const root = dirname(dirname(fileURLToPath(import.meta.url)))

installMissing()
process.exitCode = runTests()

function installMissing() {
  const missing = PACKAGES.filter(name => !isInstalled(name))
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !succeeds('apt-get', ['--version'])) {
    console.log(`Not installed, and only root on a Debian-like machine can: ${missing.join(' ')}`)
    return
  }

  console.log(`Installing ${missing.join(' ')}`)
  apt('update')
  apt('install', '-y', '--no-install-recommends', ...missing)
}

function isInstalled(name) {
  return succeeds('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], 'installed')
}

function succeeds(program, args, output) {
  const result = spawnSync(program, args, {encoding: 'utf8'})
  return result.status === 0 && (output === undefined || result.stdout === output)
}

function apt(...args) {
  const result = spawnSync('apt-get', ['-qq', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    env: {...process.env, DEBIAN_FRONTEND: 'noninteractive'},
  })
  if (result.status !== 0) throw new Error(`apt-get ${args.join(' ')} failed\n${result.stdout}${result.stderr}`)
}

function runTests() {
  const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js')
  const options = ['--no-config', '--reporter', 'test/support/reporter.cjs', '--timeout', '300000']
  const result = spawnSync(process.execPath, [mocha, ...options, '.test/test/lab/**/*.test.js'], {
    cwd: root,
    stdio: 'inherit',
    env: {...process.env, CRABBOX_LAB: '1', CRABBOX_EXPECTED_SKIPS: join(root, 'test', 'lab', 'expected-skips.json')},
  })
  return result.status ?? 1
}
