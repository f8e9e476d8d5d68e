/** An error as EC2 answers it. */
export class Ec2Error extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = STATUS[code] ?? 400,
  ) {
    super(message)
  }
}

/** Where EC2 answers another status than 400. Clients try again by themselves from 500 on. */
const STATUS: Readonly<Record<string, number>> = {
  AuthFailure: 401,
  DryRunOperation: 412,
  InsufficientInstanceCapacity: 500,
  InternalError: 500,
  RequestLimitExceeded: 503,
  Unavailable: 503,
  UnauthorizedOperation: 403,
}

/** Codes and words of what is looked for in vain, by the name of its parameter. */
const NOT_FOUND = {
  instance: ['InvalidInstanceID', 'The instance ID'],
  image: ['InvalidAMIID', 'The image id'],
  snapshot: ['InvalidSnapshot', 'The snapshot'],
  key: ['InvalidKeyPair', 'The key pair'],
  group: ['InvalidGroup', 'The security group'],
  volume: ['InvalidVolume', 'The volume'],
  vpc: ['InvalidVpcID', 'The vpc ID'],
  subnet: ['InvalidSubnetID', 'The subnet ID'],
} as const

export type Kind = keyof typeof NOT_FOUND

export const notFound = (kind: Kind, id: string): Ec2Error =>
  new Ec2Error(`${NOT_FOUND[kind][0]}.NotFound`, `${NOT_FOUND[kind][1]} '${id}' does not exist`)

export const malformedId = (kind: Kind, id: string): Ec2Error =>
  new Ec2Error(`${NOT_FOUND[kind][0]}.Malformed`, `Invalid id: "${id}"`)

export const missingParameter = (name: string): Ec2Error =>
  new Ec2Error('MissingParameter', `The request must contain the parameter ${name}`)

export const invalidValue = (message: string): Ec2Error => new Ec2Error('InvalidParameterValue', message)
