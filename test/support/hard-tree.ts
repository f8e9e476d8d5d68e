import {execFileSync} from 'node:child_process'
import {chmodSync, linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs'
import {randomBytes} from 'node:crypto'
import {join} from 'node:path'

/** A name that is no UTF-8, as bytes. */
export const NOT_UTF8 = Buffer.from([0x6e, 0xff, 0xfe, 0x2e, 0x74])

/** Names of more than 100 and of more than 255 bytes, which tar keeps in three different ways. */
export const LONG_NAME = 'n'.repeat(120)
export const LONG_PATH = [1, 2, 3].map(i => `${i}`.repeat(110)).join('/')

/** Fills a directory with what archives get wrong: odd names, links, holes, odd modes, old times. */
export async function makeHardTree(root: string): Promise<void> {
  const at = (path: string): string => join(root, path)
  mkdirSync(at('holder/empty'), {recursive: true})
  mkdirSync(at(LONG_PATH), {recursive: true})
  writeFileSync(at('plain.txt'), 'plain\n')
  writeFileSync(at('empty.txt'), '')
  writeFileSync(at('holder/run.sh'), '#!/bin/sh\n')
  chmodSync(at('holder/run.sh'), 0o750)
  writeFileSync(at(LONG_NAME), 'long name')
  writeFileSync(at(`${LONG_PATH}/leaf`), 'long path')
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), NOT_UTF8]), 'bytes')
  for (const name of ['two\nlines', ' spaces ', '"quoted" \'twice\'', 'back\\slash', '-rf', 'ünï', 'star*', '$HOME'])
    writeFileSync(at(name), name)
  writeFileSync(at('first'), 'shared')
  linkSync(at('first'), at('holder/second'))
  linkSync(at('first'), at('zzz-third'))
  symlinkSync('plain.txt', at('link'))
  symlinkSync('plain.txt', at('twice'))
  linkSync(at('twice'), at('holder/twice-again'))
  symlinkSync('../../outside/ü', at('holder/dangling'))
  symlinkSync('x'.repeat(300), at('long-link'))
  writeFileSync(at('sparse'), randomBytes(5000))
  truncateSync(at('sparse'), 3_000_000)
  writeFileSync(at('sparse'), randomBytes(3000), {flag: 'r+'})
  writeFileSync(at('big'), randomBytes(200_001))
  execFileSync('mkfifo', [at('fifo')])
  linkSync(at('fifo'), at('holder/fifo-again'))
  execFileSync('touch', ['-d', '1999-12-31 23:59:59.123456789 UTC', at('plain.txt'), at('holder/empty')])
  execFileSync('touch', ['-h', '-d', '2001-01-01 00:00:00.000000001 UTC', at('link')])
  chmodSync(at('holder'), 0o711)
}
