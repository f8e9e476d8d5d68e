import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/** A new directory for every test of the surrounding suite, removed afterwards. */
export function temporaryDirectory(): () => string {
  let path = ''
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'crabbox-test-'))
  })
  afterEach(() => rm(path, {recursive: true, force: true}))
  return () => path
}
