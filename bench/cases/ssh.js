import {spawn} from 'node:child_process'
import {mkdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import process from 'node:process'

import {cacheDir, projectRoot} from '../options.js'
import {measureRound} from '../ssh/measure-round.js'
import {openSshRound} from '../ssh/round.js'
import {slowRow, sshRows} from '../ssh/rows.js'
import {listening, startSshd} from '../ssh/server.js'
import {prepareTree} from '../tree.js'

const SLOW_PORT = 22_023

/** The same jobs over SSH, on loopback and over a slow link. */
export async function overSsh({runs, wants}) {
  if (!wants('ssh') && !wants('ssh-slow')) return []
  const tree = prepareTree()
  const dir = join(cacheDir, 'sshd')
  rmSync(dir, {recursive: true, force: true})
  mkdirSync(dir)
  const sshd = await startSshd(dir)
  try {
    const loopback = wants('ssh') ? await rounds(runs, tree, sshd, sshd.port, {nearby: true}) : []
    const slow = wants('ssh-slow') ? await slowly(() => rounds(1, tree, sshd, SLOW_PORT, {nearby: false}), sshd) : []
    return [
      ...(wants('ssh') ? sshRows(loopback, 'loopback') : []),
      ...(wants('ssh-slow') ? [...sshRows(slow, '100 Mbit/s'), slowRow(slow)] : []),
    ]
  } finally {
    sshd.stop()
  }
}

async function rounds(runs, tree, sshd, port, what) {
  const samples = []
  for (let index = 0; index < runs; index++) {
    console.error(`ssh, port ${port}: round ${index + 1} of ${runs}`)
    const round = await openSshRound(tree, index, sshd, port)
    samples.push(await measureRound(round, what))
    round.close()
  }

  return samples
}

async function slowly(work, sshd) {
  const program = join(projectRoot, 'bench', 'ssh', 'slow-link.js')
  const link = spawn(process.execPath, [program, String(SLOW_PORT), String(sshd.port)], {stdio: 'inherit'})
  try {
    await listening(SLOW_PORT)
    sshd.believe(SLOW_PORT)
    return await work()
  } finally {
    link.kill()
  }
}
