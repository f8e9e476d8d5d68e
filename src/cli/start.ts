import {existsSync, readFileSync} from 'node:fs'
import {homedir, tmpdir} from 'node:os'
import {join} from 'node:path'

/** What is read of `package.json` here; oclif reads the rest. */
interface Description {
  readonly name: string
  readonly version: string
  readonly oclif: {readonly dirname: string}
}

/**
 * Runs a command line, as oclif does. oclif takes longer to start than most commands take, so `--version` is answered without it,
 * and the commands of Crabbox run in a copy of it that is bundled with them and loads no plugin where the user has none. Whatever is
 * not certain to end the same way goes to oclif as it is installed.
 * @param root the directory of the package
 */
export async function start(root: string, argv: readonly string[]): Promise<void> {
  const description = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Description
  if (process.platform !== 'win32' && process.env['DEBUG'] === undefined) {
    const alone = !existsSync(join(directoryOf('data', description.oclif.dirname), 'package.json'))
    if (!alone) (await import('./plain-warnings.js')).plainWarnings(process.stderr)
    if (argv[0] === '--version' && alone && !onWindows()) return printVersion(description)
    if (namesCommand(root, argv)) {
      keepCompiled(join(directoryOf('cache', description.oclif.dirname), 'compiled'))
      const {runBuiltIn} = await import('./run-built-in.js')
      return runBuiltIn(root, description, {withPlugins: !alone})
    }
  }

  const {execute, settings} = await import('@oclif/core')
  settings.enableAutoTranspile = false
  await execute({dir: join(root, 'bin', 'run.js')})
}

/** Where oclif keeps the plugins of the user, and what can be made again. */
export function directoryOf(kind: 'data' | 'cache', dirname: string, env: NodeJS.ProcessEnv = process.env): string {
  const own = env[`CRABBOX_${kind.toUpperCase()}_DIR`]
  const base = env[`XDG_${kind.toUpperCase()}_HOME`]
  const home = env['HOME'] || homedir() || tmpdir()
  return own || join(base || join(home, kind === 'data' ? '.local/share' : '.cache'), dirname)
}

/** Linux on Windows bears another name, and oclif finds out whether it is that. */
function onWindows(): boolean {
  if (process.platform !== 'linux') return false
  const signs = ['/proc/sys/fs/binfmt_misc/WSLInterop', '/run/WSL']
  return signs.some(file => existsSync(file)) || /microsoft/i.test(kernel())
}

function kernel(): string {
  try {
    return readFileSync('/proc/version', 'utf8')
  } catch {
    return ''
  }
}

function printVersion({name, version}: Description): void {
  const arch = process.arch === 'ia32' ? 'x86' : process.arch
  process.stdout.write(`${name}/${version} ${process.platform}-${arch} node-${process.version}\n`)
}

/** Whether the first words are a command of Crabbox. */
function namesCommand(root: string, argv: readonly string[]): boolean {
  const [first = '', second = ''] = argv.map(word => (/^[a-z][a-z-]*$/.test(word) ? word : ''))
  if (first === '') return false
  return [first, join(first, second)].some(path => existsSync(join(root, 'dist', 'commands', `${path}.js`)))
}

/** From version 22 on, Node keeps what it has compiled where it is told to. */
function keepCompiled(directory: string): void {
  const {enableCompileCache} = process.getBuiltinModule('node:module') as {
    enableCompileCache?: (directory: string) => unknown
  }
  enableCompileCache?.(directory)
}
