import assert from 'node:assert/strict'

import {useSandbox} from '../support/cli.js'
import {refusesAll, type Refusal} from '../support/refusals.js'

const usage = (code: string, says: RegExp): Refusal => ({exit: 2, code, says})
/** No credentials, no region, and nobody who could be asked for any. */
const NOTHING = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_REGION: '',
  AWS_DEFAULT_REGION: '',
  AWS_PROFILE: '',
  AWS_ACCESS_KEY_ID: '',
  AWS_SECRET_ACCESS_KEY: '',
  AWS_CONFIG_FILE: '/nowhere/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
}

describe('aws without an account', () => {
  const sandbox = useSandbox(async ({json}) => {
    await json(['warmup', '--slug', 'source'])
    await json(['checkpoint', 'create', '--id', 'source', '--name', 'saved'])
  })

  it('is refused in words that help, and leaves nothing', async () => {
    const aws = ['--provider', 'aws']
    const here = [...aws, '--region', 'eu-central-1']
    await refusesAll(
      sandbox,
      [
        [['warmup', ...aws], {exit: 3, code: 'AWS_REGION_MISSING', says: /--region/}],
        [['warmup', ...here], {exit: 3, code: 'AWS_CREDENTIALS_MISSING', says: /aws sso login/}],
        [['warmup', ...here, '--dry-run'], {exit: 3, code: 'AWS_CREDENTIALS_MISSING'}],
        [['warmup', ...here, '--type', 'huge'], usage('AWS_TYPE_INVALID', /"huge".*c7a\.4xlarge/)],
        [['warmup', ...here, '--market', 'black'], usage('USAGE', /black.*on-demand, spot/)],
        [['warmup', ...aws, '--host', 'me@there'], usage('HOST_UNSUPPORTED', /--host/)],
        [['warmup', '--region', 'eu-central-1'], usage('MACHINE_UNSUPPORTED', /local.*region/)],
        [['warmup', '--provider', 'local', '--type', 'c7a.large'], usage('MACHINE_UNSUPPORTED', /--type/)],
        [['checkpoint', 'fork', 'saved', '--market', 'spot'], usage('MACHINE_UNSUPPORTED', /--market/)],
        [['checkpoint', 'fork', 'saved', ...here], {exit: 3, code: 'AWS_CREDENTIALS_MISSING'}],
        [['checkpoint', 'recover', ...here], {exit: 3, code: 'AWS_CREDENTIALS_MISSING'}],
        [['checkpoint', 'recover', '--provider', 'local'], usage('RECOVER_UNSUPPORTED', /local/)],
        [['checkpoint', 'recover'], usage('USAGE', /provider/)],
        [['image', 'promote', 'saved'], usage('NO_IMAGE', /workspace-archive.*--mode ami/)],
        [['image', 'promote', 'nothing'], {exit: 4, code: 'CHECKPOINT_NOT_FOUND'}],
        [['image', 'promote', 'ami-1', '--provider', 'local'], usage('IMAGES_UNSUPPORTED', /local/)],
        [['image', 'promote', 'ami-1'], {exit: 3, code: 'AWS_REGION_MISSING'}],
        [['image', 'demote', 'ami-1'], {exit: 4, code: 'IMAGE_NOT_PROMOTED', says: /image list/}],
        [['stop', '--id', 'source', '--forget', '--wait'], usage('USAGE', /--wait/)],
      ],
      {env: NOTHING},
    )
  })

  it('is told of in providers inspect: what an image keeps, loses and costs', async () => {
    const {tiers} = await sandbox.json<{tiers: {tier: string; restore: boolean; cost: string; security: string}[]}>(
      ['providers', 'inspect', 'aws'],
      {env: NOTHING},
    )
    const image = tiers.find(({tier}) => tier === 'aws-ami')
    assert.equal(image?.restore, false)
    assert.match(image.cost, /0\.05 USD/)
    assert.match(image.security, /secret/)
  })

  it('has no promoted image, and plans nothing for other providers', async () => {
    assert.deepEqual(await sandbox.json(['image', 'list']), {images: []})
    const {plan} = await sandbox.json<{plan: string[]}>(['warmup', '--dry-run', '--class', 'fast'])
    assert.deepEqual(plan, ['a local lease of class fast'])
  })
})
