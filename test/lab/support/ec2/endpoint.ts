import {createServer, type IncomingMessage, type Server} from 'node:http'
import {text} from 'node:stream/consumers'
import {setTimeout as sleep} from 'node:timers/promises'

import type {Region} from './account/region.js'
import {takeOne, type Settings} from './account/settings.js'
import {ACTIONS} from './actions/index.js'
import {failure, success} from './protocol/answer.js'
import {callerOf} from './protocol/caller.js'
import {Ec2Error} from './protocol/ec2-error.js'
import {Params} from './protocol/params.js'

/** A call that the endpoint got. */
export interface Call {
  readonly action: string
  readonly region: string
  /** As they were sent: `Filter.1.Name` and so on. */
  readonly params: Readonly<Record<string, string>>
}

interface Answer {
  readonly status: number
  readonly body: string
}

/** The HTTP side of the lab cloud: it reads calls, does them, and answers as the settings want it. */
export function makeEndpoint(settings: Settings, calls: Call[], regionOf: (name: string) => Region): Server {
  return createServer((request, response) => {
    const respond = async (): Promise<void> => {
      const call = await read(request)
      calls.push(call)
      const {listener} = settings
      const number = listener === undefined ? 0 : ++listener.calls
      await sleep(settings.delay)
      const {status, body} = await answer(settings, call, regionOf)
      await listener?.call(number, call.action)
      if (takeOne(settings.lostAnswers, call.action) !== undefined) {
        response.destroy()
        return
      }

      response.writeHead(status, {'content-type': 'text/xml;charset=UTF-8'}).end(body)
    }
    respond().catch((error: unknown) => {
      const {status, body} = refusal(error)
      response.writeHead(status, {'content-type': 'text/xml;charset=UTF-8'}).end(body)
    })
  })
}

async function read(request: IncomingMessage): Promise<Call> {
  const params = Object.fromEntries(new URLSearchParams(await text(request)))
  return {action: params['Action'] ?? '', region: callerOf(request.headers.authorization), params}
}

async function answer(settings: Settings, call: Call, regionOf: (name: string) => Region): Promise<Answer> {
  const {action, params} = call
  try {
    const ordered = takeOne(settings.failures, action)
    if (ordered !== undefined) throw ordered.error
    const check = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined
    if (check === undefined)
      throw new Ec2Error('InvalidAction', `The action ${action} is not valid for this web service.`)
    const work = check(regionOf(call.region), new Params(params))
    if (params['DryRun'] === 'true')
      throw new Ec2Error('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.')
    return {status: 200, body: success(action, await work())}
  } catch (error) {
    return refusal(error)
  }
}

/** What is no answer of EC2's is a mistake of the endpoint's, and must be seen as one. */
function refusal(error: unknown): Answer {
  if (error instanceof Ec2Error) return {status: error.status, body: failure(error)}
  console.error(error)
  return {status: 500, body: failure({code: 'InternalError', message: String(error)})}
}
