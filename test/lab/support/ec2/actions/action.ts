import type {Region} from '../account/region.js'
import type {Params} from '../protocol/params.js'
import type {Xml} from '../protocol/xml.js'

export type Body = Readonly<Record<string, Xml>>

/**
 * One action of EC2. It checks the call, throwing an `Ec2Error`, and returns the work that is left to do: a dry run
 * ends between the two. Check and work up to its first `await` are one step that no other call sees half done.
 */
export type Action = (region: Region, params: Params) => () => Body | Promise<Body>
