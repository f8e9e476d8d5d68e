import {execFile} from 'node:child_process'
import {promisify} from 'node:util'

const run = promisify(execFile)

/** Runs the docker client and returns what it printed. Never blocks: the endpoint answers others in the meantime. */
export async function docker(...args: string[]): Promise<string> {
  const {stdout} = await run('docker', args, {maxBuffer: 1 << 26})
  return stdout.trim()
}

/** Both streams of the client, in the order of one after the other. */
export async function dockerOutput(...args: string[]): Promise<string> {
  const {stdout, stderr} = await run('docker', args, {maxBuffer: 1 << 26})
  return stdout + stderr
}

export const succeeds = async (...args: string[]): Promise<boolean> =>
  docker(...args).then(
    () => true,
    () => false,
  )

/** The lines that the client prints. */
export const dockerLines = async (...args: string[]): Promise<string[]> =>
  (await docker(...args)).split('\n').filter(line => line !== '')
