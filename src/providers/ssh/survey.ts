import type {Ask} from '../../core/ask.js'
import type {Context} from '../../core/context.js'
import {CrabboxError, providerError, reasonOf, throwIfAborted} from '../../core/errors.js'
import type {ConfiguredHost} from '../../core/host.js'
import type {LeaseId} from '../../core/ids.js'
import type {Transport} from '../../core/transport.js'
import {connectTo} from './connect.js'
import {askLoad, type Load} from './load.js'
import {placeOn, type Place} from './place.js'

/** A host that answered, and the leases on it: those that it told of, and those that were placed there since. */
export interface Surveyed extends Load {
  readonly place: Place
  readonly leases: Set<LeaseId>
}

/**
 * Asks all hosts at the same time how busy they are. One that does not answer is skipped, with a warning.
 * @throws {CrabboxError} `HOSTS_UNUSABLE` when none answers, or the host's own error when it is the only one
 */
export async function survey(
  hosts: readonly ConfiguredHost[],
  acceptNewKey: boolean,
  context: Context,
): Promise<Surveyed[]> {
  const {signal, ask} = context
  // Connections stay open until all have answered, so that the one to the chosen host is still there for what follows.
  const open: Transport[] = []
  const asking: Context = ask === undefined ? context : {...context, ask: oneAtATime(ask)}
  const look = async (host: ConfiguredHost): Promise<Surveyed> => {
    const place = placeOn(host)
    const {transport} = await connectTo(place, asking, acceptNewKey)
    open.push(transport)
    const {leases, perCore} = await askLoad(transport, place.root, signal)
    return {place, leases: new Set(leases), perCore}
  }

  const answers = await Promise.allSettled(hosts.map(look))
  await Promise.all(open.map(transport => transport.close()))
  throwIfAborted(signal)
  const failures = answers.flatMap((answer, i) =>
    answer.status === 'rejected' ? [{name: hosts[i]?.name ?? '', error: answer.reason as unknown}] : [],
  )
  const unexpected = failures.find(({error}) => !(error instanceof CrabboxError))
  if (unexpected !== undefined) throw unexpected.error
  if (failures.length === hosts.length) throw unusable(failures)
  for (const {name, error} of failures) context.progress.warn(`the host ${name} was skipped: ${reasonOf(error)}`)
  return answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []))
}

function unusable(failures: readonly {readonly name: string; readonly error: unknown}[]): unknown {
  const [first, ...others] = failures
  if (first !== undefined && others.length === 0) return first.error
  return providerError(
    'HOSTS_UNUSABLE',
    `none of the configured hosts can be used: ${failures.map(({name, error}) => `${name}: ${reasonOf(error)}`).join('; ')}`,
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
