import {Ec2Error} from './ec2-error.js'

/** Who may call. */
export const CREDENTIALS = {id: 'AKIALABCLOUD00000000', secret: 'lab-cloud-secret'} as const

/** The region for which a call was signed. Signatures are not checked, but who did not sign is refused. */
export function callerOf(authorization: string | undefined): string {
  const [, id, region, service] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request,/.exec(authorization ?? '') ?? []
  if (id === CREDENTIALS.id && region !== undefined && service === 'ec2') return region
  throw new Ec2Error('AuthFailure', 'AWS was not able to validate the provided access credentials')
}
