import {execFile} from 'node:child_process'
import {promisify} from 'node:util'

const run = promisify(execFile)

export const SUITE = 'bookworm'

const OFFICIAL = [`deb http://deb.debian.org/debian ${SUITE} main`]

/** Where this machine gets Debian's packages from, as lines of a sources.list: a mirror near it serves the image, too. */
export async function packageSources(): Promise<string[]> {
  const format = '$(CREATED_BY) $(REPO_URI) $(RELEASE) $(COMPONENT)'
  const {stdout} = await run('apt-get', ['indextargets', '--format', format])
  const lines = stdout.split('\n').flatMap(line => {
    const [creator, uri = '', release = '', component] = line.split(' ')
    const usable = creator === 'Packages' && component === 'main' && /^https?:/.test(uri)
    return usable && release.startsWith(SUITE) ? [`deb ${uri} ${release} main`] : []
  })
  return lines.some(line => line.endsWith(` ${SUITE} main`)) ? [...new Set(lines)] : OFFICIAL
}

/** The options with which apt gets through to them: proxies, and what else was set for this network. */
export async function packageOptions(): Promise<string[]> {
  const {stdout} = await run('apt-config', ['dump', '--format', '%F "%v";%n', 'Acquire'])
  return stdout.split('\n').filter(line => /^Acquire::(https?::|Check-|Retries|ForceIPv)/.test(line))
}
