import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'

import {useSandbox} from '../support/cli.js'
import {refusesAll, type Refusal} from '../support/refusals.js'
import {projectRoot} from '../support/project.js'

const surface = JSON.parse(readFileSync(join(projectRoot, 'test/commands/surface.json'), 'utf8')) as Record<
  string,
  {args: Record<string, string>}
>
const WORDLESS = Object.keys(surface).filter(id => Object.keys(surface[id]?.args ?? {}).length === 0)
const refusal: Refusal = {exit: 2, code: 'USAGE', says: /Unexpected argument: extra .*--help/}

describe('a word that a command has no use for', () => {
  const sandbox = useSandbox(async ({json}) => void (await json(['warmup', '--slug', 'source'])))
  const {run} = sandbox

  it(`is refused by each of ${WORDLESS.join(', ')}`, () =>
    refusesAll(
      sandbox,
      WORDLESS.map(id => [[...id.split(' '), 'extra'], refusal]),
    ))

  it("is refused before flags, with others, with colons, and by a plugin's command", () =>
    refusesAll(sandbox, [
      [['warmup', 'extra', '--class', 'fast'], refusal],
      [['checkpoint', 'list', 'extra', 'more'], {exit: 2, code: 'USAGE', says: /Unexpected arguments: extra, more/}],
      [['checkpoint:list:extra'], refusal],
      [['version', 'extra'], refusal],
    ]))

  it('is refused in JSON where that is asked for', async () => {
    const {code, stderr, json} = await run(['warmup', 'extra', '--json'])
    assert.deepEqual([code, stderr], [2, ''])
    const {error} = json as {error: {code: string; message: string; hint: string; exit: number}}
    assert.deepEqual([error.code, error.message, error.exit], ['USAGE', 'Unexpected argument: extra', 2])
    assert.match(error.hint, /--help/)
  })

  it('is no word more where the name of the command is wrong: the nearest one is looked for', async () => {
    for (const args of [['warmpu'], ['checkpoint', 'lst'], ['plugins', 'instal'], ['checkpoint:delete:saved']]) {
      const {code, stdout, stderr} = await run(args)
      assert.deepEqual([code, stdout], [127, ''], stderr)
      assert.match(stderr, /is not a crabbox command/)
    }
  })

  it('is no command, in JSON where that is asked for', async () => {
    const {code, stderr, json} = await run(['checkpoint', 'lst', '--json'])
    assert.deepEqual([code, stderr], [127, ''])
    const {error} = json as {error: {code: string; message: string; exit: number}}
    assert.deepEqual(
      [error.code, error.message, error.exit],
      ['COMMAND_NOT_FOUND', 'checkpoint lst is not a crabbox command', 127],
    )
  })
})
