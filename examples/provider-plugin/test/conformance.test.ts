import {after, describe, it} from 'node:test'

import {describeConformance} from 'crabbox/testing'

import {overlayfs} from '../src/provider.js'
import {openGround, skip} from './support/ground.js'

describe('overlayfs', {skip}, () => {
  const ground = openGround()
  after(ground.close)
  // The suite makes its state directory where temporary files go.
  process.env['TMPDIR'] = ground.path
  describeConformance(() => ({provider: overlayfs}), {describe, it})
})
