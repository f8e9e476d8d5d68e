import {execFileSync} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/** A new directory for every test of the surrounding suite, removed afterwards. */
export function temporaryDirectory(): () => string {
  let path = ''
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'crabbox-test-'))
  })
  afterEach(() => remove(path))
  return () => path
}

async function remove(path: string): Promise<void> {
  const attempt = (): Promise<void> => rm(path, {recursive: true, force: true})
  // Directories without write permission keep what is in them.
  await attempt().catch(() => {
    execFileSync('chmod', ['-R', 'u+rwX', path])
    return attempt()
  })
}
