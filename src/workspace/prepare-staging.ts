import type {Transport} from '../core/transport.js'
import {runScript} from '../transports/script.js'
import {notArrived} from './arrived.js'
import type {Entry} from './entry.js'
import type {HostTools} from './host.js'
import {pathList} from './path-list.js'
import type {RestorePlan} from './plan.js'
import {refusedFor, sidecarOf} from './sidecar.js'
import type {StageRequest} from './stage-request.js'
import {FARM, PREPARE, TAKE} from './staging-scripts.js'
import {printedTime} from './time.js'

/** A staging directory with what could be had without sending it. */
export interface Prepared {
  /** What has to be sent. */
  readonly send: readonly Entry[]
  /** Bytes that are free on the host; not a number where it does not say. */
  readonly free: number
  /** Whether it holds what an attempt before has left. */
  readonly kept: boolean
}

/** Begins a staging directory: empty, with what an attempt before has left, or with the files that did not change. */
export const prepareStaging = (request: StageRequest, signal: AbortSignal): Promise<Prepared> =>
  takesOver(request) ? takeOver(request, signal) : begin(request, signal)

/** Only a directory that stays one is copied; anything else is replaced as a whole. */
const takesOver = ({empty, plan: {unit, expected, remove}}: StageRequest): boolean =>
  !empty &&
  unit !== null &&
  expected.some(({path, type}) => path === unit && type === 'directory') &&
  !remove.includes(unit)

async function begin(
  {transport, target, plan, tools, empty, attempt, owner}: StageRequest,
  signal: AbortSignal,
): Promise<Prepared> {
  const sidecar = sidecarOf(target)
  const what = plan.unit === null ? 'metadata' : 'content'
  const {stdout} = await runScript(transport, PREPARE, [sidecar, what, empty ? attempt : '', owner], signal, {
    purpose: 'prepare a staging directory',
    refusals: refusedFor(target),
    input: Buffer.from(plan.unit ?? '', 'latin1'),
  })
  const [said, free = ''] = stdout.toString('utf8').split('\n')
  const kept = said === 'kept'
  const send = kept ? await notArrived(transport, `${sidecar}/staging/tree`, plan.send, tools, signal) : plan.send
  return {send, free: Number.parseInt(free, 10) * 1024, kept}
}

async function takeOver(
  {transport, target, plan, tools, attempt, owner, since, witness}: StageRequest,
  signal: AbortSignal,
): Promise<Prepared> {
  const sidecar = sidecarOf(target)
  const unit = Buffer.from(plan.unit ?? '', 'latin1')
  const open = pathList(plan.open)
  const input = Buffer.concat([unit, open, pathList(plan.remove)])
  const sizes = [unit, open, input].map(({length}) => String(length))
  // What was not sent a moment ago has to be hashed, whatever it looks like. Where that cannot be, it does not stay in the way.
  const goesOn = tools.hashes && tools.tar.name === 'gnu' ? attempt : ''
  const purpose = 'take over unchanged files'
  const {stdout} = await runScript(transport, FARM, [sidecar, target, ...sizes, goesOn, owner, since], signal, {
    purpose,
    input,
    refusals: refusedFor(target),
  })
  const [exact, said, at = '', space = '', ...rest] = stdout.toString('latin1').split('\n')
  const written = rest
    .join('\n')
    .split('\0')
    .filter(path => path !== '')
  const free = Number.parseInt(space, 10) * 1024
  const below = plan.unit === '' || plan.unit === null ? '' : `${plan.unit}/`
  const told = {written: new Set(written.map(path => `${below}${path}`)), at: at === '' ? '' : printedTime(at)}
  witness.taken({...told, sent: new Set(plan.send.map(({path}) => path))})
  if (exact === 'inexact') return {send: withDirectories(plan), free, kept: false}
  const missing = said === 'kept' ? await takeArrived(transport, sidecar, plan.send, tools, signal) : null
  return {send: missing ?? plan.send, free, kept: missing !== null}
}

/** Takes over what an attempt before has received. Answers with what is still to be sent; null: nothing of it can be taken. */
async function takeArrived(
  transport: Transport,
  sidecar: string,
  wanted: readonly Entry[],
  tools: HostTools,
  signal: AbortSignal,
): Promise<readonly Entry[] | null> {
  const missing = new Set(await notArrived(transport, `${sidecar}/staging/before`, wanted, tools, signal))
  const input = pathList(wanted.filter(entry => !missing.has(entry)).map(({path}) => path))
  if (input.length === 0) return null
  const {stdout} = await runScript(transport, TAKE, [sidecar], signal, {purpose: 'take over what came before', input})
  return stdout.toString('utf8') === 'taken\n' ? [...missing] : null
}

/** All directories of the unit come along, since the copy of those that did not change is not exact. */
const withDirectories = ({send, expected}: RestorePlan): Entry[] => [
  ...new Set([...send, ...expected.filter(entry => entry.type === 'directory')]),
]
