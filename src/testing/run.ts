import {nameOfCase, type ConformanceCase} from './case.js'

/** How one case ended. `gap`: it fails, as it is known to. */
export type CaseResult = Pick<ConformanceCase, 'operation' | 'tier' | 'title'> & {
  readonly name: string
  /** Milliseconds. */
  readonly took: number
} & (
    | {readonly outcome: 'passed'}
    | {readonly outcome: 'gap'; readonly reason: string}
    | {readonly outcome: 'failed'; readonly error: unknown}
  )

/** How a suite ended. */
export interface Report {
  /** In the order of the cases. */
  readonly results: readonly CaseResult[]
  readonly passed: number
  readonly failed: number
  /** Cases that fail, and are known to. */
  readonly gaps: number
}

/** What to do while a suite runs. */
export interface RunOptions {
  /** Told of each case as it ends. */
  readonly onResult?: (result: CaseResult) => void
  /** Aborted, no further case begins: each cleans up behind itself. Default: all run. */
  readonly signal?: AbortSignal
}

/** Runs cases one after the other, all of them, without a test runner. */
export async function runConformance(
  cases: readonly ConformanceCase[],
  {onResult, signal}: RunOptions = {},
): Promise<Report> {
  const results: CaseResult[] = []
  for (const entry of cases) {
    if (signal?.aborted === true) break
    const result = await resultOf(entry)
    results.push(result)
    onResult?.(result)
  }

  const count = (outcome: CaseResult['outcome']): number => results.filter(result => result.outcome === outcome).length
  return {results, passed: count('passed'), failed: count('failed'), gaps: count('gap')}
}

async function resultOf(entry: ConformanceCase): Promise<CaseResult> {
  const {operation, tier, title, gap} = entry
  const begun = performance.now()
  const about = (): Omit<CaseResult, 'outcome'> => ({
    operation,
    tier,
    title,
    name: nameOfCase(entry),
    took: Math.round(performance.now() - begun),
  })
  try {
    await entry.run()
    return gap === undefined ? {...about(), outcome: 'passed'} : {...about(), outcome: 'gap', reason: gap}
  } catch (error) {
    return {...about(), outcome: 'failed', error}
  }
}
