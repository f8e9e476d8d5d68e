import {baselineWriter} from './baseline.js'
import type {Tree} from './entry.js'
import type {HostTools} from './host.js'
import type {Take} from './parse-listing.js'
import type {Staged} from './staged.js'
import {readable} from './stat.js'
import {differsFrom, verifyFailed} from './verify.js'

/** Compares what fills a workdir with the manifest, file by file while they are listed, and keeps of them what a baseline says. */
export interface FilledChecker {
  readonly take: Take
  /**
   * When all of it was there: what the baseline is made of.
   * @throws {CrabboxError} `VERIFY_FAILED`
   */
  readonly finish: () => NonNullable<Staged['baseline']>
}

export function filledChecker(wanted: Tree, tools: HostTools): FilledChecker {
  const missing = new Set(wanted.keys())
  const baseline = baselineWriter()
  let wrong: string | null = null
  return {
    take: stat => {
      const entry = wanted.get(stat.path)
      baseline.add(stat)
      const problem = entry === undefined ? 'was not saved' : differsFrom(stat, entry, tools)
      missing.delete(stat.path)
      if (problem !== null) wrong ??= `${readable(stat.path)} ${problem}`
    },
    finish: () => {
      for (const path of missing) wrong ??= `${readable(path)} is missing`
      if (wrong !== null) throw verifyFailed(wrong)
      return baseline.finish
    },
  }
}
