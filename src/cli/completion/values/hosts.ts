import {hostAliases} from '../../../transports/ssh/user-config.js'
import {readHosts} from '../../config/hosts.js'
import {userFile} from '../../config/user-file.js'
import {entriesOf} from '../../config/values.js'
import {readYaml} from '../../config/yaml.js'
import type {Candidate, Place} from '../candidate.js'

/** Hosts of the user's configuration, then names of the ssh configuration, before which a user may stand. */
export async function hosts(typed: string, {env}: Place): Promise<readonly Candidate[]> {
  const [configured, aliases] = await Promise.all([configuredHosts(env).catch(() => []), hostAliases().catch(() => [])])
  const user = typed.slice(0, typed.lastIndexOf('@') + 1)
  const others = aliases
    .filter(name => user !== '' || configured.every(({value}) => value !== name))
    .map(name => ({value: `${user}${name}`, description: 'ssh configuration'}))
  return user === '' ? [...configured, ...others] : others
}

/** Only the list of hosts is read: a mistake elsewhere in the file changes none of them. */
async function configuredHosts(env: NodeJS.ProcessEnv): Promise<readonly Candidate[]> {
  const file = await readYaml(userFile(env))
  if (file === null) return []
  const list = entriesOf(file, 'the file').find(({key}) => key === 'hosts')
  if (list === undefined) return []
  return readHosts(list.value, 'hosts').map(({name, address}) => ({value: name, description: address}))
}
