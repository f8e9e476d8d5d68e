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

/** With a processor for each, neither side waits for the other's work, as on two machines. */
const APART = {host: ['taskset', '-c', '0'], client: ['taskset', '-c', '1']}

/** The same jobs over SSH, on loopback, over a slow link, and with a processor for each side. */
export async function overSsh({runs, wants}) {
  const tree = ['ssh', 'ssh-slow', 'ssh-apart'].some(wants) ? prepareTree() : null
  const rows = []
  if (wants('ssh') || wants('ssh-slow'))
    await withSshd([], async sshd => {
      const slow = () => rounds(1, tree, sshd, SLOW_PORT, {nearby: false})
      if (wants('ssh')) rows.push(...sshRows(await rounds(runs, tree, sshd, sshd.port, {nearby: true}), 'loopback'))
      if (!wants('ssh-slow')) return
      const samples = await slowly(slow, sshd)
      rows.push(...sshRows(samples, '100 Mbit/s'), slowRow(samples))
    })
  if (wants('ssh-apart'))
    await withSshd(APART.host, async sshd => {
      const samples = await rounds(runs, tree, sshd, sshd.port, {nearby: true, through: APART.client})
      rows.push(...sshRows(samples, 'a processor for each side'))
    })
  return rows
}

async function withSshd(through, work) {
  const dir = join(cacheDir, 'sshd')
  rmSync(dir, {recursive: true, force: true})
  mkdirSync(dir)
  const sshd = await startSshd(dir, through)
  try {
    await work(sshd)
  } finally {
    sshd.stop()
  }
}

async function rounds(runs, tree, sshd, port, {nearby, through = []}) {
  const samples = []
  for (let index = 0; index < runs; index++) {
    console.error(`ssh, port ${port}: round ${index + 1} of ${runs}`)
    const round = await openSshRound(tree, index, sshd, port, through)
    samples.push(await measureRound(round, {nearby}))
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
