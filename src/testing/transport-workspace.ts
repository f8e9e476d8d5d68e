import {buffer, text} from 'node:stream/consumers'

import type {Context} from '../core/context.js'
import {providerError} from '../core/errors.js'
import type {LeaseHandle} from '../core/lease.js'
import type {LeaseOperations} from '../core/provider.js'
import type {Workspace} from './workspace.js'

// The last part is left as it is, whatever it holds: a command substitution would lose newlines at its end.
const WRITE = `cd -- "$1" || exit
case $2 in */*) mkdir -p -- "./\${2%/*}" || exit;; esac
cat > "./$2"`

// The first byte says whether there is a file: an empty one is no missing one.
const READ = `cd -- "$1" || exit
if [ -f "./$2" ]; then printf 1 && cat < "./$2"; else printf 0; fi`

const REMOVE = 'cd -- "$1" && rm -rf -- "./$2"'

const AGE = 'cd -- "$1" && TZ=UTC0 touch -t 200001010000 -- "./$2"'

const LIST = `cd -- "$1" && find . -exec sh -c '
for path do
  if [ -d "$path" ] && [ ! -L "$path" ]; then printf "%s/\\0" "$path"; else printf "%s\\0" "$path"; fi
done' crabbox {} +`

/** Looks into leases with POSIX `sh`, `cat`, `find`, `mkdir` and `rm` over the provider's own transport. */
export function transportWorkspace(leases: Pick<LeaseOperations, 'connect'>, context: Context): Workspace {
  const run = (lease: LeaseHandle, script: string, path = '', input: Buffer = Buffer.alloc(0)): Promise<Buffer> =>
    runScript(leases, lease, [script, 'crabbox', lease.workdir, path], input, context)
  return {
    write: async (lease, path, bytes) => void (await run(lease, WRITE, path, bytes)),
    read: async (lease, path) => {
      const answer = await run(lease, READ, path)
      return answer[0] === 0x31 ? answer.subarray(1) : null
    },
    remove: async (lease, path) => void (await run(lease, REMOVE, path)),
    age: async (lease, path) => void (await run(lease, AGE, path)),
    list: async lease => withoutHolders((await run(lease, LIST)).toString('utf8').split('\0').slice(0, -1)),
  }
}

async function runScript(
  leases: Pick<LeaseOperations, 'connect'>,
  lease: LeaseHandle,
  args: readonly string[],
  input: Buffer,
  context: Context,
): Promise<Buffer> {
  const transport = await leases.connect(lease, context)
  try {
    const running = transport.spawn({argv: ['sh', '-c', ...args], env: {LC_ALL: 'C'}}, context.signal)
    running.stdin.end(input)
    const [stdout, stderr, exit] = await Promise.all([buffer(running.stdout), text(running.stderr), running.exit])
    if (exit.code === 0) return stdout
    throw providerError('PROBE_FAILED', `cannot look into ${lease.workdir} of lease ${lease.id}: ${stderr.trim()}`)
  } finally {
    await transport.close()
  }
}

/** What `find` prints, relative to the workdir and without the directories that hold something. */
function withoutHolders(found: readonly string[]): string[] {
  const paths = found.map(path => path.slice('./'.length)).filter(path => path !== '')
  const holders = new Set(paths.map(path => path.slice(0, path.replace(/\/$/, '').lastIndexOf('/') + 1)))
  return paths.filter(path => !holders.has(path)).sort()
}
