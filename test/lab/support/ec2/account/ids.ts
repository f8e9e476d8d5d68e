import {randomBytes} from 'node:crypto'

/** An id as EC2 makes them: the prefix of its kind, and 17 hexadecimal digits. */
export const newId = (prefix: string): string => `${prefix}-${randomBytes(9).toString('hex').slice(0, 17)}`
