import {execFile, execFileSync, spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'

import {outcomeOf, PROJECT, type Outcome} from './cli.js'
import {openRegistry} from './registry.js'

/** Crabbox as a user has it: from a registry, below a prefix, with a home of its own. */
export interface Installed {
  readonly dir: string
  /** The installed package. */
  readonly root: string
  readonly env: Readonly<Record<string, string>>
  /** Where a shell finds `crabbox`, and all else. */
  readonly path: string
  /** Packs the package in a directory and publishes it. */
  readonly publish: (directory: string) => Promise<void>
  readonly run: (...args: string[]) => Promise<Outcome>
  /** Runs with `--json` and parses; fails the test when the command fails. */
  readonly json: <T>(...args: string[]) => Promise<T>
  readonly close: () => Promise<void>
}

const exec = promisify(execFile)

/**
 * Publishes the checkout to a registry of its own, and installs it from there.
 * @param names packages beside `crabbox` that are going to be published
 */
export async function openInstalled(names: readonly string[]): Promise<Installed> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'crabbox-install-')))
  const registry = await openRegistry(['crabbox', ...names])
  const env = environmentIn(dir, registry.url)
  const npm = async (cwd: string, ...args: string[]): Promise<string> => {
    const running = exec('npm', args, {cwd, env, maxBuffer: Infinity})
    running.child.stdin?.end()
    return (await running).stdout
  }

  const publish = async (directory: string): Promise<void> => {
    const packed = (await npm(directory, 'pack', '--ignore-scripts', '--pack-destination', dir))
      .trim()
      .split('\n')
      .at(-1)
    await npm(dir, 'publish', '--ignore-scripts', `./${packed}`)
  }

  const [prefix, cwd] = [join(dir, 'prefix'), join(dir, 'shop')]
  mkdirSync(cwd)
  await publish(PROJECT)
  await npm(dir, 'install', '--global', '--prefix', prefix, 'crabbox')
  const run = (...args: string[]): Promise<Outcome> =>
    outcomeOf(spawn(join(prefix, 'bin', 'crabbox'), args, {cwd, env, stdio: ['ignore', 'pipe', 'pipe']}))
  return {
    dir,
    root: join(prefix, 'lib', 'node_modules', 'crabbox'),
    env,
    path: `${join(prefix, 'bin')}:${env['PATH'] ?? ''}`,
    publish,
    run,
    json: async <T>(...args: string[]) => {
      const end = args.includes('--') ? args.indexOf('--') : args.length
      const {code, stdout, stderr} = await run(...args.slice(0, end), '--json', ...args.slice(end))
      if (code !== 0) throw new Error(`crabbox ${args.join(' ')}: exit ${code}\n${stdout}${stderr}`)
      return JSON.parse(stdout) as T
    },
    close: async () => {
      await registry.close()
      rmSync(dir, {recursive: true, force: true})
    },
  }
}

/** A home without anything but what npm needs. What this machine has downloaded before is not downloaded again. */
function environmentIn(dir: string, registry: string): Record<string, string> {
  const home = join(dir, 'home')
  mkdirSync(home)
  const cache = execFileSync('npm', ['config', 'get', 'cache'], {encoding: 'utf8', stdio: 'pipe'}).trim()
  const token = {[`//${new URL(registry).host}/:_authToken`]: 'lab'}
  // A registry that is out of reach is told of soon.
  const retries = {'fetch-retries': 1, 'fetch-retry-mintimeout': 1000}
  const settings = {registry, cache, ...token, ...retries, audit: false, fund: false}
  const userConfig = join(home, '.npmrc')
  writeFileSync(
    userConfig,
    Object.entries(settings)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  )
  const ours = /^(?:CRABBOX_|XDG_|npm_|INIT_CWD$)/i
  const kept = Object.entries(process.env).filter((pair): pair is [string, string] => !ours.test(pair[0]))
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    npm_config_userconfig: userConfig,
    npm_config_update_notifier: 'false',
  }
}
