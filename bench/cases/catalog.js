/** A catalog file as the state layer writes it, with `count` checkpoints of the usual size. */
export function catalogOf(count) {
  const records = Array.from({length: count}, (_, index) => record(index))
  return {schemaVersion: 1, rows: Object.fromEntries(records.map(one => [one.id, one]))}
}

function record(index) {
  const id = `chk_${index.toString(16).padStart(16, '0')}`
  const at = new Date(Date.UTC(2025, 0, 1) + index * 60_000).toISOString()
  return {
    id,
    name: `after-npm-ci-${index}`,
    state: 'ready',
    createdAt: at,
    lastUsedAt: null,
    provider: 'local',
    lease: {
      id: `cbx_${(index % 100).toString(16).padStart(12, '0')}`,
      slug: `blue-lobster-${index % 100}`,
      class: 'standard',
    },
    parent: null,
    repo: {name: 'tree', remote: null, head: '0'.repeat(40), branch: 'main', dirty: false},
    workdir: {path: `/var/lib/crabbox/leases/${index % 100}/tree`, relative: '.'},
    tier: 'workspace-archive',
    artifact: {manifests: [id], layers: [`${id}.tar.zst`], manifestSha256: '0'.repeat(64), excludes: []},
    sizes: {content: 500_000_000 + index, stored: 120_000_000, entries: 26_000},
    story: {command: 'npm ci && npm test', exitCode: 0, at},
    labels: {purpose: 'bench'},
    note: null,
    expiresAt: null,
    warnings: [],
    failure: null,
    crabboxVersion: '0.1.0',
  }
}
