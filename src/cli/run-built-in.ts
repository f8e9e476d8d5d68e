import {execute, settings} from '@oclif/core'

import {outliveOutput} from './output-errors.js'

/** The part of `package.json` that oclif goes by. */
interface Description {
  readonly oclif: object
}

/** Runs a command of Crabbox that the command line is known to name: oclif's own plugins have no part in it. */
export async function runBuiltIn(
  root: string,
  description: Description,
  {withPlugins}: {readonly withPlugins: boolean},
): Promise<void> {
  const {oclif} = description
  const pjson = withPlugins ? description : {...description, oclif: {...oclif, plugins: []}}
  // What is linked is run as it was built; oclif would warn each time that it cannot do else.
  settings.enableAutoTranspile = false
  outliveOutput()
  await execute({loadOptions: {root, pjson: pjson as never}})
}
