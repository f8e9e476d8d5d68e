// `npm run test:lab`: the tests that need root, real servers or packages of the system. On a Debian-like machine, as
// root, it installs what is missing first. A test that skips itself here fails, unless it is on the list of expected skips.
import {spawn, spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'

const PACKAGES = [
  ...['rsync', 'attr', 'acl', 'util-linux', 'e2fsprogs', 'btrfs-progs', 'xfsprogs', 'shellcheck', 'procps'],
  'python3-venv',
  ...['openssh-server', 'openssh-client', 'dropbear-bin', 'busybox-static', 'libarchive-tools', 'zsh', 'fish', 'zstd'],
  ...['tmux', 'bash-completion'],
  // The machines of the lab cloud. A Docker that did not come from Debian would have to go for Debian's.
  ...['mmdebstrap', 'debian-archive-keyring'],
  ...(succeeds('docker', ['--version']) ? [] : ['docker.io', 'cgroupfs-mount']),
]

const root = dirname(dirname(fileURLToPath(import.meta.url)))

installMissing()
installMoto()
process.exitCode = await runTests()

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

/** EC2's API as others have written it, in an environment of its own. Where PyPI is out of reach, its tests say so. */
function installMoto() {
  const directory = join(root, '.test-lab-moto')
  if (existsSync(join(directory, 'bin', 'moto_server'))) return
  const made =
    succeeds('python3', ['-m', 'venv', directory]) &&
    succeeds(join(directory, 'bin', 'pip'), [
      'install',
      '--quiet',
      '--timeout',
      '20',
      '--retries',
      '1',
      'moto[server,ec2]',
    ])
  if (!made) console.log('moto cannot be installed: its tests are skipped')
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

/**
 * Runs at the same time: machines take their time to boot, a host and its client wait for each other, and the other tests have work
 * meanwhile. What makes users of this machine stays in one of them, since they may be told apart by nothing but their numbers.
 */
async function runTests() {
  const files = pattern => `.test/test/lab/${pattern}.test.js`
  const machines = ['aws-*', 'ec2-*'].map(files)
  const hosts = ['ssh-*', 'owners', 'providers-verify'].map(files)
  const others = [files('*'), ...[...machines, ...hosts].flatMap(pattern => ['--ignore', pattern])]
  const shown = mocha(others, 'inherit')
  const kept = [mocha(hosts, 'pipe'), mocha(machines, 'pipe')]
  const codes = [(await shown).code]
  for (const run of kept) {
    const {code, output} = await run
    process.stdout.write(output)
    codes.push(code)
  }

  return codes.find(code => code !== 0) ?? 0
}

/** Runs mocha. `pipe`: what it prints is kept, so that no two print into each other's lines. */
function mocha(args, stdio) {
  const program = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js')
  const options = ['--no-config', '--reporter', 'test/support/reporter.cjs', '--timeout', '300000']
  const child = spawn(process.execPath, [program, ...options, ...args], {
    cwd: root,
    stdio: ['ignore', stdio, stdio],
    env: {...process.env, CRABBOX_LAB: '1', CRABBOX_EXPECTED_SKIPS: join(root, 'test', 'lab', 'expected-skips.json')},
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (output += chunk))
  return new Promise(resolve => child.once('close', code => resolve({code: code ?? 1, output})))
}
