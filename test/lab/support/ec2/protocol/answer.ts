import {randomUUID} from 'node:crypto'

import type {Ec2Error} from './ec2-error.js'
import {toXml, type Xml} from './xml.js'

/** The body with which EC2 answers an action that it has done. */
export const success = (action: string, body: Readonly<Record<string, Xml>>): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${toXml({
    requestId: randomUUID(),
    ...body,
  })}</${action}Response>`

/** The body with which it refuses one. */
export const failure = ({code, message}: Pick<Ec2Error, 'code' | 'message'>): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${toXml({
    Errors: {Error: {Code: code, Message: message}},
    RequestID: randomUUID(),
  })}</Response>`
