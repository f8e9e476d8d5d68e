import assert from 'node:assert/strict'
import {execFileSync, spawn, type ChildProcess} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {mkdirSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {text} from 'node:stream/consumers'

import {projectRoot} from './project.js'
import {pictureOf, type Picture} from './tree.js'

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** What stdout holds when it is exactly one JSON document; undefined otherwise. */
  readonly json: unknown
}

export interface CliOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** What is run in the place of Crabbox. */
  readonly program?: string
  /** Default: nothing. 'open': a pipe that is not closed. */
  readonly input?: string | Buffer
}

/** Crabbox with a state directory, a home and a git repository of its own. */
export interface Sandbox {
  readonly dir: string
  readonly home: string
  readonly state: string
  readonly repo: string
  readonly env: Readonly<Record<string, string>>
  readonly start: (args: readonly string[], options?: CliOptions) => {child: ChildProcess; done: Promise<Outcome>}
  readonly run: (args: readonly string[], options?: CliOptions) => Promise<Outcome>
  /** Runs with `--json`, demands success and returns the one document on stdout. */
  readonly json: <T>(args: readonly string[], options?: CliOptions) => Promise<T>
  readonly git: (...args: string[]) => void
  /** Writes a file into the repository, or below any directory that is given. */
  readonly write: (path: string, content: string | Buffer, below?: string) => void
  /** Everything in the state directory: the trees of leases as exactly as can be, the rest without times. */
  readonly stateNow: () => Promise<Picture>
}

/** One sandbox for all tests of the surrounding suite. */
export function useSandbox(prepare: (sandbox: Sandbox) => Promise<void> = async () => undefined): Sandbox {
  const dir = join(realpathSync(tmpdir()), `crabbox-cli-${randomBytes(6).toString('hex')}`)
  const sandbox = sandboxIn(dir)
  before(async () => {
    mkdirSync(sandbox.home, {recursive: true})
    makeRepository(sandbox)
    await prepare(sandbox)
  })
  after(() => {
    execFileSync('chmod', ['-R', 'u+rwX', dir])
    rmSync(dir, {recursive: true, force: true, maxRetries: 5})
  })
  return sandbox
}

function sandboxIn(dir: string): Sandbox {
  const [home, state, repo] = [join(dir, 'home'), join(dir, 'state'), join(dir, 'shop')]
  const env = environmentIn(dir, home, state)
  const start: Sandbox['start'] = (args, options = {}) => {
    const child = spawn(process.execPath, [options.program ?? join(projectRoot, 'bin/run.js'), ...args], {
      cwd: options.cwd ?? repo,
      env: {...env, ...options.env},
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    // A command may end before it has read its input.
    child.stdin?.on('error', () => undefined)
    if (options.input !== 'open') child.stdin?.end(options.input)
    return {child, done: outcomeOf(child)}
  }

  const run: Sandbox['run'] = (args, options) => start(args, options).done
  return {
    dir,
    home,
    state,
    repo,
    env,
    start,
    run,
    json: async <T>(args: readonly string[], options?: CliOptions) => {
      const outcome = await run(withJson(args), options)
      assert.equal(outcome.code, 0, `${args.join(' ')}\n${outcome.stderr}${outcome.stdout}`)
      assert.notEqual(outcome.json, undefined, `not one JSON document: ${outcome.stdout}`)
      return outcome.json as T
    },
    git: (...args) => void execFileSync('git', args, {cwd: repo, env, stdio: 'pipe'}),
    write: (path, content, below = repo) => {
      mkdirSync(dirname(join(below, path)), {recursive: true})
      writeFileSync(join(below, path), content)
    },
    stateNow: async () => stateOf(await pictureOf(state)),
  }
}

function stateOf(picture: Picture): Picture {
  const untimed = (line: string): string => line.replace(/ \d+$/, '')
  return new Map(
    [...picture]
      // A previous generation changes with every write, also with one that is taken back.
      .filter(([path]) => !path.endsWith('.json.previous'))
      .map(([path, line]) => [path, /^local\/[^/]+\/[^/]+\/./.test(path) ? line : untimed(line)]),
  )
}

/** `--json` goes before `--`, after which all belongs to the command. */
function withJson(args: readonly string[]): string[] {
  const end = args.indexOf('--')
  return end === -1 ? [...args, '--json'] : [...args.slice(0, end), '--json', ...args.slice(end)]
}

function environmentIn(dir: string, home: string, state: string): Record<string, string> {
  const ours = /^(?:CRABBOX_|GIT_|XDG_|npm_|INIT_CWD$)/
  const kept = Object.entries(process.env).filter((pair): pair is [string, string] => !ours.test(pair[0]))
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    CRABBOX_STATE_DIR: state,
    ...Object.fromEntries(['CONFIG', 'CACHE', 'DATA'].map(kind => [`CRABBOX_${kind}_DIR`, join(dir, kind)])),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap(who => [
        [`GIT_${who}_NAME`, 'T'],
        [`GIT_${who}_EMAIL`, 't@example.test'],
      ]),
    ),
  }
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  assert.ok(child.stdout !== null && child.stderr !== null)
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return {code, stdout, stderr, json: parse(stdout)}
}

function parse(stdout: string): unknown {
  try {
    return JSON.parse(stdout)
  } catch {
    return undefined
  }
}

function makeRepository({repo, write, git}: Sandbox): void {
  mkdirSync(repo)
  write('README.md', 'A shop.\n')
  write('src/cart.js', 'export const cart = []\n')
  write('.gitignore', 'node_modules/\n*.log\n')
  git('init', '--quiet', '--initial-branch=main')
  git('add', '--all')
  git('commit', '--quiet', '--message=Begin')
}
