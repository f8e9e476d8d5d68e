import type {RepoIdentity} from '../core/repo.js'
import {directoryIdentity, findCheckout} from '../operations/repository.js'

/** The repository that the user stands in, looked for only when a name has to be told apart. */
export const repoHere =
  ({cwd}: {readonly cwd: string}) =>
  async (): Promise<RepoIdentity | null> =>
    (await findCheckout(cwd))?.identity ?? directoryIdentity(cwd)
