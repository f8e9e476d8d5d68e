/**
 * Makes many questions one: whoever asks gets the answer of a question that was put after he asked. While one is on its way, all that come wait
 * for the next one together.
 */
export function coalesce<R>(): (question: () => Promise<R>) => Promise<R> {
  let asked: Promise<unknown> = Promise.resolve()
  let next: Promise<R> | null = null
  return question => {
    next ??= asked.then(() => {
      next = null
      const answer = question()
      asked = answer.catch(() => undefined)
      return answer
    })
    return next
  }
}
