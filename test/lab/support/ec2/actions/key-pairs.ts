import {createHash} from 'node:crypto'

import {newId} from '../account/ids.js'
import type {KeyPair} from '../account/resources.js'
import {tagsFor, tagSet} from '../account/tags.js'
import {Ec2Error, notFound} from '../protocol/ec2-error.js'
import {passes} from '../protocol/filters.js'
import type {Action, Body} from './action.js'

export const ImportKeyPair: Action = (region, params) => {
  const name = params.required('KeyName')
  const publicKey = Buffer.from(params.required('PublicKeyMaterial'), 'base64').toString('utf8').trim()
  if (!/^(ssh-rsa|ssh-ed25519) AAAA[\w+/]+=*( |$)/.test(publicKey))
    throw new Ec2Error('InvalidKey.Format', 'Key is not in valid OpenSSH public key format')
  if ([...region.keys.values()].some(key => key.name === name))
    throw new Ec2Error('InvalidKeyPair.Duplicate', `The keypair '${name}' already exists.`)
  const key = {id: newId('key'), name, publicKey, created: new Date(), tags: tagsFor(params, 'key-pair')}
  return () => {
    region.keys.set(key.id, key)
    return describe(key)
  }
}

export const DescribeKeyPairs: Action = (region, params) => {
  const names = params.texts('KeyName')
  const ids = params.texts('KeyPairId')
  const all = [...region.keys.values()]
  const missing =
    names.find(name => !all.some(key => key.name === name)) ?? ids.find(id => !all.some(key => key.id === id))
  if (missing !== undefined) throw notFound('key', missing)
  const found = all
    .filter(({id, name}) => (names.length === 0 && ids.length === 0) || names.includes(name) || ids.includes(id))
    .filter(key =>
      passes(params, {'key-name': key.name, 'key-pair-id': key.id, fingerprint: fingerprint(key)}, key.tags),
    )
  const withKey = params.flag('IncludePublicKey')
  return () => ({
    keySet: found.map(key => ({
      ...describe(key),
      createTime: key.created,
      publicKey: withKey ? key.publicKey : undefined,
    })),
  })
}

/** To delete what is gone succeeds. */
export const DeleteKeyPair: Action = (region, params) => {
  const id = params.text('KeyPairId')
  const name = id ?? params.required('KeyName')
  const key = [...region.keys.values()].find(one => (id === undefined ? one.name : one.id) === name)
  return () => {
    if (key !== undefined) region.keys.delete(key.id)
    return {return: true, keyPairId: key?.id}
  }
}

const describe = (key: KeyPair): Body => ({
  keyPairId: key.id,
  keyName: key.name,
  keyFingerprint: fingerprint(key),
  keyType: key.publicKey.startsWith('ssh-rsa') ? 'rsa' : 'ed25519',
  tagSet: tagSet(key.tags),
})

const fingerprint = ({publicKey}: KeyPair): string =>
  createHash('sha256')
    .update(Buffer.from(publicKey.split(' ')[1] ?? '', 'base64'))
    .digest('base64')
