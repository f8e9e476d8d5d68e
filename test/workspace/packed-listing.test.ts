import assert from 'node:assert/strict'
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import type {CrabboxError} from '../../src/core/errors.js'
import type {Transport} from '../../src/core/transport.js'
import {localTransport} from '../../src/transports/local.js'
import {listTree} from '../../src/workspace/listing.js'
import {openTarget} from '../../src/workspace/open-target.js'
import {temporaryDirectory} from '../support/temporary.js'

describe('the listing of a distant host', () => {
  const directory = temporaryDirectory()
  const {signal} = new AbortController()
  let arrived: Buffer[]
  /** This host as if it were far away, with programs of its own. */
  const distant = (path = process.env['PATH'] ?? ''): Transport => {
    const transport = localTransport()
    return {
      ...transport,
      distant: async () => true,
      spawn: (command, stop) => {
        const running = transport.spawn({...command, env: {...command.env, PATH: path}}, stop)
        running.stdout.on('data', (bytes: Buffer) => arrived.push(bytes))
        return running
      },
    }
  }

  beforeEach(() => {
    arrived = []
    mkdirSync(join(directory(), 'tree'))
    for (let i = 0; i < 300; i++) writeFileSync(join(directory(), 'tree', `a file with a long name, number ${i}`), '')
  })

  /** A search path on which a program is this script. */
  const withProgram = (name: string, script: string): string => {
    const bin = join(directory(), 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, name), 0o755)
    return `${bin}:${process.env['PATH'] ?? ''}`
  }

  it('is whole also where what is known of it comes later', async () => {
    const looked = sleep(200, null)
    const {listing} = await openTarget(localTransport(), join(directory(), 'tree'), 'read', signal, {looked})
    assert.equal(listing?.stats.length, 301)
  })

  it('is the same as that of a near one, and comes packed', async () => {
    const root = join(directory(), 'tree')
    const plain = (await listTree(localTransport(), root, signal)).stats
    assert.deepEqual(
      (await listTree(distant(), root, signal)).stats.map(({path}) => path),
      plain.map(({path}) => path),
    )
    const {listing} = await openTarget(distant(), root, 'read', signal)
    assert.deepEqual(
      listing?.stats.map(({path}) => path),
      plain.map(({path}) => path),
    )
    const bytes = Buffer.concat(arrived)
    assert.ok(bytes.includes(Buffer.from([0x1f, 0x8b])) && !bytes.includes('a file with a long name'))
  })

  it('comes as it is where there is no gzip', async () => {
    const root = join(directory(), 'tree')
    const {stats} = await listTree(distant(withProgram('gzip', 'exit 1')), root, signal)
    assert.equal(stats.length, 301)
  })

  it('fails as that of a near one does', async () => {
    await assert.rejects(listTree(distant(), join(directory(), 'none'), signal), {code: 'WORKDIR_NOT_FOUND'})
    const find = 'if [ "$1" = --version ]; then echo GNU find; else echo some; echo it is broken >&2; exit 7; fi'
    await assert.rejects(listTree(distant(withProgram('find', find)), join(directory(), 'tree'), signal), {
      code: 'HOST_COMMAND_FAILED',
      message: /it is broken/,
    })
  })

  for (const [what, [prints, says]] of Object.entries({
    'says something first': ['echo hello; exec /usr/bin/find "$@"', /it begins with "hello/],
    'ends too soon, as if nothing were wrong': ['/usr/bin/find "$@" | head -c 4000', /it breaks off/],
    'prints nothing': ['exit 0', /it is empty/],
    'leaves out the directory itself': ['exec /usr/bin/find "$@" -mindepth 1', /it begins with "|it is empty/],
    'leaves out a directory': ['exec /usr/bin/find "$@" ! -name inner', /it has "inner\/leaf" without its directory/],
  } satisfies Record<string, [string, RegExp]>))
    it(`is refused where find ${what}`, async () => {
      mkdirSync(join(directory(), 'tree', 'inner'))
      writeFileSync(join(directory(), 'tree', 'inner', 'leaf'), '')
      // What is to be left out has to be said before what is to be done.
      const call = prints
        .replace('"$@"', '. -xdev $EXTRA -printf "$FORMAT"')
        .replace(/ (-mindepth 1|! -name inner)$/, '')
      const extra = / (-mindepth 1|! -name inner)$/.exec(prints)?.[1] ?? ''
      const script = `if [ "$1" = --version ]; then exec /usr/bin/find --version; fi
EXTRA='${extra}'; for FORMAT do :; done
${call}`
      const odd = withProgram('find', script)
      const root = join(directory(), 'tree')
      const error = {code: 'HOST_COMMAND_FAILED', message: says}
      await assert.rejects(listTree(distant(odd), root, signal), error)
      await assert.rejects(openTarget(distant(odd), root, 'read', signal), error)
    })

  it('is refused where nobody can tell when it was made', async () => {
    const odd = distant(withProgram('date', 'echo today'))
    await assert.rejects(listTree(odd, join(directory(), 'tree'), signal), {message: /does not say when it was made/})
  })

  it('may lack a file that went away meanwhile', async () => {
    const find =
      '/usr/bin/find "$@"; if [ "$1" != --version ]; then echo "find: \'./gone\': No such file or directory" >&2; exit 1; fi'
    const {listing} = await openTarget(distant(withProgram('find', find)), join(directory(), 'tree'), 'read', signal)
    assert.equal(listing?.stats.length, 301)
  })

  it('is refused where it does not come whole', async () => {
    const cut = distant(withProgram('gzip', 'exec /bin/gzip "$@" | head -c 40'))
    const error = {code: 'HOST_COMMAND_FAILED', message: /its gzip did not send all of it/}
    await assert.rejects(listTree(cut, join(directory(), 'tree'), signal), error)
    await assert.rejects(openTarget(cut, join(directory(), 'tree'), 'read', signal), error)
  })

  for (const [what, prints] of Object.entries({
    'is garbage that comes in two parts': `printf '\\037\\213\\010\\000garbage'; sleep 0.2; head -c 3000000 /dev/zero`,
    'is followed by much that is none': '/bin/gzip "$@"; sleep 0.2; head -c 3000000 /dev/zero',
    'never comes': 'cat >/dev/null',
  }))
    it(`is read to its end where what gzip prints ${what}`, async () => {
      const odd = `if [ -t 0 ]; then exit 0; fi; [ /dev/stdin -ef /dev/null ] && exit 0; ${prints}`
      const host = distant(withProgram('gzip', odd))
      const listed = await listTree(host, join(directory(), 'tree'), signal).catch((error: CrabboxError) => error.code)
      if (what.startsWith('is followed')) assert.equal(typeof listed === 'object' && listed.stats.length, 301)
      else assert.equal(listed, 'HOST_COMMAND_FAILED')
    })

  it('of which only a part came is no reason to blame gzip when the connection is lost', async () => {
    const cut = distant(withProgram('gzip', 'exec /bin/gzip "$@" | head -c 40'))
    const lost = new Error('the connection is lost')
    const losing: Transport = {
      ...cut,
      spawn: (command, stop) => {
        const running = cut.spawn(command, stop)
        return {...running, exit: running.exit.then(() => Promise.reject(lost))}
      },
    }
    await assert.rejects(listTree(losing, join(directory(), 'tree'), signal), lost)
  })
})
