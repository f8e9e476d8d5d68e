import {nameOfCase, type ConformanceCase} from './case.js'

/** How one case ended. */
export type CaseResult = Pick<ConformanceCase, 'operation' | 'tier' | 'title'> & {readonly name: string} & (
    {readonly outcome: 'passed'} | {readonly outcome: 'failed'; readonly error: unknown}
  )

export interface Report {
  /** In the order of the cases. */
  readonly results: readonly CaseResult[]
  readonly passed: number
  readonly failed: number
}

/** Runs cases one after the other, all of them, without a test runner. `onResult` is told of each as it ends. */
export async function runConformance(
  cases: readonly ConformanceCase[],
  onResult: (result: CaseResult) => void = () => undefined,
): Promise<Report> {
  const results: CaseResult[] = []
  for (const entry of cases) {
    const result = await resultOf(entry)
    results.push(result)
    onResult(result)
  }

  const failed = results.filter(result => result.outcome === 'failed').length
  return {results, failed, passed: results.length - failed}
}

async function resultOf(entry: ConformanceCase): Promise<CaseResult> {
  const {operation, tier, title} = entry
  const about = {operation, tier, title, name: nameOfCase(entry)}
  try {
    await entry.run()
    return {...about, outcome: 'passed'}
  } catch (error) {
    return {...about, outcome: 'failed', error}
  }
}
