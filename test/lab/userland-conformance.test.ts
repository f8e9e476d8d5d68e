import {mkdtempSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {silentProgress} from '../../src/core/progress.js'
import {defineProvider} from '../../src/core/provider.js'
import {prepareStateDir} from '../../src/state/paths.js'
import {describeConformance} from '../../src/testing/describe.js'
import {workspaceArchive} from '../../src/tiers/workspace-archive.js'
import {workspaceArchiveRestore} from '../../src/tiers/workspace-archive-restore.js'
import {has, userland} from './support/userland.js'

for (const tar of ['busybox', 'bsdtar'] as const) {
  describe(`leases on a host of busybox, with ${tar} as tar`, function () {
    if (!has('busybox') || !has(tar)) return
    const host = userland(tar)
    const stateDir = mkdtempSync(join(tmpdir(), `crabbox-${tar}-`))
    const provider = defineProvider({
      name: `on-${tar}`,
      summary: 'Directories, reached with the tools of another userland.',
      leases: host.leases,
      tiers: {'workspace-archive': workspaceArchive(host.leases)},
      restores: {'workspace-archive': workspaceArchiveRestore(host.leases)},
    })
    before(() => prepareStateDir(stateDir))
    after(async () => {
      host.close()
      await rm(stateDir, {recursive: true, force: true})
    })
    const context = {stateDir, progress: silentProgress, signal: new AbortController().signal}
    describeConformance(() => ({provider, context}), {describe, it})
  })
}
