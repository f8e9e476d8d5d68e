import {spawnSync} from 'node:child_process'
import {tmpdir} from 'node:os'

import type {Provider} from '../../src/core/provider.js'
import type {Tier} from '../../src/core/tier.js'

/** Whether files in a directory can share blocks, as far as a real attempt tells. */
export function sharesBlocks(directory: string): boolean {
  const script = `room=$(mktemp -d "$1/share.XXXXXX") && head -c 65536 /dev/zero > "$room/one" && cp --reflink=always "$room/one" "$room/two"
status=$?
rm -rf -- "$room"
exit "$status"`
  return spawnSync('sh', ['-c', script, 'sh', directory]).status === 0
}

/** The tiers that a provider has on hosts whose leases are in a directory of this machine. */
export const tiersIn = ({tiers}: Provider, directory = tmpdir()): Tier[] =>
  (Object.keys(tiers) as Tier[]).filter(tier => tier !== 'provider-native' || sharesBlocks(directory))
