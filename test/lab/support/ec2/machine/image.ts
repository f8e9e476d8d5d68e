import {execFile} from 'node:child_process'
import {createHash} from 'node:crypto'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {promisify} from 'node:util'

import {BOOT, BOOT_SCRIPT, CLOUD_CONFIG, SEED} from './boot-script.js'
import {succeeds} from './docker.js'
import {APT, APT_SCRIPT} from './first-boot-packages.js'
import {packageOptions, packageSources, SUITE} from './packages-source.js'

const PACKAGES = [
  ...['cloud-init', 'openssh-server', 'sudo', 'systemd', 'ca-certificates'],
  ...['git', 'tar', 'zstd', 'iproute2', 'procps'],
]

/** Files of the image that no package brings. Services start by the boot script alone, as policy-rc.d has it. */
const FILES = {
  [BOOT]: BOOT_SCRIPT,
  [APT]: APT_SCRIPT,
  '/etc/cloud/cloud.cfg.d/90_lab.cfg': CLOUD_CONFIG,
  '/etc/ssh/sshd_config.d/lab.conf': 'UseDNS no\n',
  '/usr/sbin/policy-rc.d': '#!/bin/sh\nexit 101\n',
}

/** Leaves no identity in the image, and the certificates that this network wants. */
const FINISH = [
  'rm -f "$1"/etc/ssh/ssh_host_*',
  ': > "$1/etc/machine-id"',
  `mkdir -p "$1${SEED}"`,
  'if [ -e /etc/ssl/certs/ca-certificates.crt ]; then cp /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"; fi',
].join(' && ')

const OPTIONS = [
  ...['--variant=apt', `--include=${PACKAGES.join(',')}`],
  ...['--aptopt=APT::Install-Recommends "false"', '--aptopt=Acquire::Languages "none"'],
  ...[
    '--dpkgopt=force-unsafe-io',
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    '--dpkgopt=path-exclude=/usr/share/man/*',
  ],
  // A machine that installs a package finds the lists there, and asks only for what is new.
  ...['--skip=chroot/policy-rc.d,cleanup/apt/lists'],
]

/** Makes the machine image, a Debian with the real cloud-init and OpenSSH, unless it is there, and returns its name. */
export async function ensureMachineImage(): Promise<string> {
  const recipe = JSON.stringify([FILES, FINISH, OPTIONS])
  const image = `crabbox-lab-ubuntu:${createHash('sha256').update(recipe).digest('hex').slice(0, 12)}`
  if (!(await succeeds('image', 'inspect', image))) await makeImage(image)
  return image
}

async function makeImage(image: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'crabbox-lab-image-'))
  try {
    const files = join(dir, 'files')
    writeFiles(files)
    const options = (await packageOptions()).map(line => `--aptopt=${line}`)
    const hooks = [`--essential-hook=sync-in "${files}" /`, `--customize-hook=${FINISH}`]
    const archive = join(dir, 'image.tar')
    const args = ['--quiet', ...OPTIONS, ...options, ...hooks, SUITE, archive, ...(await packageSources())]
    const run = promisify(execFile)
    await run('mmdebstrap', args, {maxBuffer: 1 << 26})
    await run('docker', ['import', '--change', `CMD ["${BOOT}"]`, archive, image])
  } finally {
    rmSync(dir, {recursive: true, force: true})
  }
}

function writeFiles(dir: string): void {
  for (const [path, content] of Object.entries(FILES)) {
    const file = join(dir, path)
    mkdirSync(dirname(file), {recursive: true})
    writeFileSync(file, content, {mode: content.startsWith('#!') ? 0o755 : 0o644})
  }
}
