import {configError, CrabboxError, notFoundError, providerError, reasonOf, usageError} from '../../core/errors.js'

/** What EC2 calls an error, such as `InvalidAMIID.NotFound`. Empty for one of another origin. */
export const codeOf = (error: unknown): string => {
  const foreign = error instanceof CrabboxError ? error.cause : error
  return foreign instanceof Error ? foreign.name : ''
}

/** Whether a call failed with one of these codes. */
export const isCode = (error: unknown, ...codes: string[]): boolean => codes.includes(codeOf(error))

/** Whether what was named is not there, or not yet. */
export const isNotFound = (error: unknown): boolean => {
  const name = codeOf(error)
  return name.endsWith('.NotFound') || name.endsWith('.Unavailable') || name.endsWith('.Unknown')
}

/** That EC2 has no machine of a type at the moment, or not in this place: another type may do. */
export const isNoCapacity = (error: unknown): boolean =>
  isCode(error, 'InsufficientInstanceCapacity', 'InsufficientHostCapacity', 'InsufficientCapacity', 'Unsupported') ||
  isCode(error, 'SpotMaxPriceTooLow', 'InstanceTypeNotSupported', 'InsufficientFreeAddressesInSubnet')

/** Quotas have many names, and one of the throttle's looks the same. */
export const isQuota = (name: string): boolean =>
  name === 'MaxSpotInstanceCountExceeded' || (name.endsWith('LimitExceeded') && name !== 'RequestLimitExceeded')

/**
 * What EC2 or the SDK said of a call, as an error of ours.
 * `AWS_CREDENTIALS_MISSING`, `AWS_CREDENTIALS_INVALID`, `AWS_NOT_PERMITTED`, `AWS_QUOTA`, `AWS_NO_CAPACITY`, `AWS_THROTTLED`,
 * `AWS_NO_DEFAULT_VPC`, `AWS_NOT_FOUND`, `AWS_UNREACHABLE`, `AWS_REFUSED`
 */
export function awsError(action: string, error: unknown): CrabboxError {
  const name = codeOf(error)
  const said = `${action}: ${reasonOf(error)}`
  const meaning = MEANINGS.find(({is}) => is(name, error))
  if (meaning === undefined) return providerError('AWS_REFUSED', `EC2 refused ${said}`, undefined, error)
  const {make, code, what, next} = meaning
  return make(code, `${what} (${said})`, next(action), error)
}

/** What an error of EC2 means to a user. */
interface Meaning {
  readonly is: (name: string, error: unknown) => boolean
  readonly make: typeof configError
  readonly code: string
  readonly what: string
  readonly next: (action: string) => string | undefined
}

const oneOf =
  (...names: readonly string[]) =>
  (name: string): boolean =>
    names.includes(name)

const WHO = ['AuthFailure', 'InvalidClientTokenId', 'UnrecognizedClientException', 'SignatureDoesNotMatch']
const WHEN = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']
const ACCOUNT = ['OptInRequired', 'PendingVerification', 'Blocked']

const MEANINGS: readonly Meaning[] = [
  {
    is: oneOf('CredentialsProviderError', 'TokenProviderError'),
    make: configError,
    code: 'AWS_CREDENTIALS_MISSING',
    what: 'there are no AWS credentials that can be used',
    next: () => 'Log in with aws sso login, set AWS_PROFILE, or configure a profile for the aws provider.',
  },
  {
    is: oneOf(...WHO, ...WHEN, ...ACCOUNT),
    make: configError,
    code: 'AWS_CREDENTIALS_INVALID',
    what: 'EC2 does not accept the AWS credentials',
    next: () => 'Renew them, or check the clock of this machine and the region.',
  },
  {
    is: oneOf('UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'),
    make: configError,
    code: 'AWS_NOT_PERMITTED',
    what: 'the AWS credentials do not allow this',
    next: action => `Ask for the permission ec2:${action}; docs/providers/aws.md has the whole policy.`,
  },
  {
    is: isQuota,
    make: providerError,
    code: 'AWS_QUOTA',
    what: 'a quota of the AWS account is used up',
    next: () => 'Stop a lease, take a smaller --class or the other --market, or ask AWS for more.',
  },
  {
    is: (_, error) => isNoCapacity(error),
    make: providerError,
    code: 'AWS_NO_CAPACITY',
    what: 'EC2 has no such machine at the moment',
    next: () => 'Try again later, or another --class, --market or --region.',
  },
  {
    is: oneOf('RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'TooManyRequestsException'),
    make: providerError,
    code: 'AWS_THROTTLED',
    what: 'EC2 takes no more calls at the moment',
    next: () => 'Run the command again in a minute.',
  },
  {
    is: oneOf('VPCIdNotSpecified', 'DefaultVpcDoesNotExist', 'MissingInput'),
    make: configError,
    code: 'AWS_NO_DEFAULT_VPC',
    what: 'there is no default VPC in this region',
    next: () =>
      'Name a subnet with the setting providers.aws.subnet, or make a default VPC with aws ec2 create-default-vpc.',
  },
  {
    is: (_, error) => isNotFound(error),
    make: notFoundError,
    code: 'AWS_NOT_FOUND',
    what: 'EC2 does not know what was named',
    next: () => undefined,
  },
  {
    is: (_, error) => isNetwork(error),
    make: providerError,
    code: 'AWS_UNREACHABLE',
    what: 'EC2 cannot be reached',
    next: () => 'Check the network, and that there is a region of that name.',
  },
]

const isNetwork = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'TimeoutError' ||
    ('code' in error && typeof error.code === 'string' && /^E[A-Z_]+$/.test(error.code)))

/** The error for no region at all. */
export const regionMissing = (cause: unknown): CrabboxError =>
  configError(
    'AWS_REGION_MISSING',
    'no AWS region is named',
    'Use --region, set AWS_REGION, or configure providers.aws.region.',
    cause,
  )

/** The error for a type that cannot run an image. */
export const wrongArchitecture = (type: string, has: string, needs: string): CrabboxError =>
  usageError(
    'AWS_ARCHITECTURE',
    `${type} is ${has}, and the image is for ${needs}`,
    `Choose a type for ${needs}, or leave out --type.`,
  )
