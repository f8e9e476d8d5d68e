import {configError} from '../../core/errors.js'
import type {Ec2} from './client.js'

/** The account of the credentials; null where it has no network yet, by which it would be known. */
export async function accountOf({finish}: Pick<Ec2, 'finish'>): Promise<string | null> {
  const {SecurityGroups: [group] = []} = await finish('DescribeSecurityGroups', {
    Filters: [{Name: 'group-name', Values: ['default']}],
  })
  return group?.OwnerId ?? null
}

/**
 * What is not there may be in another account, where it goes on and costs.
 * @param account where it was made; undefined where nobody wrote it down
 * @throws {CrabboxError} `AWS_OTHER_ACCOUNT`
 */
export async function requireAccount(ec2: Ec2, account: string | undefined): Promise<void> {
  if (account === undefined || account === '') return
  const here = await accountOf(ec2)
  if (here === null || here === account) return
  throw configError(
    'AWS_OTHER_ACCOUNT',
    `this was made in the AWS account ${account}, and these credentials are for ${here}`,
    'Use the credentials of that account, with AWS_PROFILE or the setting providers.aws.profile.',
  )
}
