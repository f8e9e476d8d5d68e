import type {Ask} from './ask.js'
import type {Context} from './context.js'
import {CrabboxError, providerError, reasonOf, throwIfAborted} from './errors.js'
import type {ConfiguredHost} from './host.js'

/** What one host answered. */
export interface Answer<R> {
  readonly host: ConfiguredHost
  readonly answer: R
}

/**
 * Asks all hosts at the same time, in a context in which the user is asked one question after the other. A host that fails is
 * skipped, with a warning.
 * @throws {CrabboxError} `HOSTS_UNUSABLE` when all fail, or the host's own error when it is the only one
 */
export async function askHosts<R>(
  hosts: readonly ConfiguredHost[],
  question: (host: ConfiguredHost, context: Context) => Promise<R>,
  context: Context,
): Promise<Answer<R>[]> {
  const {ask, signal, progress} = context
  const asking: Context = ask === undefined ? context : {...context, ask: oneAtATime(ask)}
  const answers: Answer<R>[] = []
  const failures: Failure[] = []
  // In the order of the hosts, whoever answers first.
  const settled = await Promise.allSettled(hosts.map(host => question(host, asking)))
  throwIfAborted(signal)
  for (const [i, host] of hosts.entries()) {
    const result = settled[i]
    if (result?.status === 'fulfilled') answers.push({host, answer: result.value})
    else failures.push({host, error: result?.reason})
  }

  const unexpected = failures.find(({error}) => !(error instanceof CrabboxError))
  if (unexpected !== undefined) throw unexpected.error
  if (answers.length === 0 && failures.length > 0) throw unusable(failures)
  for (const {host, error} of failures) progress.warn(`the host ${host.name} was skipped: ${reasonOf(error)}`)
  return answers
}

interface Failure {
  readonly host: ConfiguredHost
  readonly error: unknown
}

function unusable(failures: readonly Failure[]): unknown {
  const [first, ...others] = failures
  if (first !== undefined && others.length === 0) return first.error
  return providerError(
    'HOSTS_UNUSABLE',
    `none of the configured hosts can be used: ${failures.map(({host, error}) => `${host.name}: ${reasonOf(error)}`).join('; ')}`,
    'See that one of them is up and lets you in, or name another with --host.',
  )
}

/** Two questions on one terminal at the same time could not be told apart. */
function oneAtATime(ask: Ask): Ask {
  let last: Promise<unknown> = Promise.resolve()
  const after = <T>(question: () => Promise<T>): Promise<T> => {
    const answer = last.then(question, question)
    last = answer
    return answer
  }

  return {confirm: text => after(() => ask.confirm(text)), secret: text => after(() => ask.secret(text))}
}
