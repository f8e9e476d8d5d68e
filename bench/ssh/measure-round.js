import {readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'

import {freeMemory} from '../freed-memory.js'
import {assertRestored, edit, renew} from '../round.js'

/** Eight trees of one archive as the host's own tools make them: the first is unpacked, and then the others are copied from it at the same time. */
async function copyOut({remote, copy, archive}) {
  const others = [2, 3, 4, 5, 6, 7, 8].map(number => `${copy}-${number}`)
  const script = `mkdir ${copy} && cd ${copy} && zstd -q -d | tar -x && for to in ${others.join(' ')}; do cp -a ${copy} $to & done; wait`
  const result = await remote(script, `< ${archive}`)
  for (const dir of [copy, ...others]) rmSync(dir, {recursive: true, force: true})
  return result
}

/** Everything that one round measures, in seconds and bytes. Each step stands on the one before. */
export async function measureRound(round, {nearby}) {
  const {lease, archive, copy} = round
  const there = `cd ${lease.workdir} && tar -cf - . | zstd -q -1 -T0`
  const gzipped = `cd ${lease.workdir} && tar -czf - .`
  const seconds = {}
  const take = async (name, work, copies = 1) => {
    freeMemory(copies * round.tree.bytes * 1.2)
    const result = await work()
    seconds[name] = result.seconds
    return result
  }

  await take('ssh true', () => round.remote('true', ''))
  await take('run true', () => round.crabbox('run', '--id', lease.slug, '--no-sync', '--', 'true'))
  if (nearby) await take('tar -czf', () => round.remote(gzipped, `> ${archive}`))
  await take('tar | zstd', () => round.remote(there, `> ${archive}`))
  if (nearby)
    await take('stored and hashed', () => round.remote(there, `| tee ${archive} | zstd -q -d | openssl dgst -sha256`))
  const before = round.stored()
  const first = await take('create', () => round.create('first'))
  const firstBytes = round.stored() - before

  await round.rsync()
  await take('rsync, nothing to do', round.rsync)
  edit(lease.workdir)
  const held = round.stored()
  await take('create after an edit', () => round.create('second'))
  const secondBytes = round.stored() - held

  rmSync(copy, {recursive: true, force: true})
  const unpack = `mkdir ${copy} && cd ${copy} && zstd -q -d | tar -x`
  await take('zstd -d | tar x', () => round.remote(unpack, `< ${archive}`))
  rmSync(copy, {recursive: true, force: true})
  const hash = 'find . -type f -print0 | xargs -0 openssl dgst -sha256 -r > /dev/null'
  if (nearby) await take('unpacked and hashed', () => round.remote(`${unpack} && ${hash}`, `< ${archive}`))
  rmSync(copy, {recursive: true, force: true})
  if (nearby) await take('one unpacked, seven copied', () => copyOut(round), 8)
  const fork = await take('fork', () => round.openLease('checkpoint', 'fork', first.answer.id))
  assertRestored(round.tree, fork.lease.workdir)
  await round.stop(fork.lease.slug)

  await round.rsyncTo()
  edit(copy)
  await take('rsync after an edit', round.rsyncTo)
  const restore = () => round.crabbox('checkpoint', 'restore', first.answer.id, '--id', lease.slug)
  for (const name of readdirSync(lease.workdir)) rmSync(join(lease.workdir, name), {recursive: true})
  await take('full restore', restore)
  assertRestored(round.tree, lease.workdir)
  edit(lease.workdir)
  await take('restore after an edit', restore)
  assertRestored(round.tree, lease.workdir)

  if (nearby) {
    const eight = () => round.crabbox('checkpoint', 'fork', first.answer.id, '--count', '8', '--json')
    const many = await take('8 forks', eight, 8)
    for (const {lease: made} of many.answer.forks) await round.stop(made.slug)
  }

  await renew(round.tree, lease.workdir)
  await take('create of new files', () => round.create('third'))
  await round.stop(lease.slug)
  return {...seconds, firstBytes, secondBytes}
}
