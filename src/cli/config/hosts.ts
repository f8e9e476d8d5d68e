import {posix} from 'node:path'

import {CrabboxError} from '../../core/errors.js'
import type {ConfiguredHost} from '../../core/host.js'
import {parseHostAddress} from '../../transports/ssh/address.js'
import {invalid} from './invalid.js'
import {entriesOf, itemsOf, readMap, textOf, type Read, type Readers} from './values.js'

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
// Whatever a terminal or a script would take for more than a character.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001F\u007F-\u009F]/

const HOST: Readers<ConfiguredHost> = {
  name: (value, name) =>
    textOf(
      value,
      name,
      text => NAME.test(text),
      'allowed are letters, digits, dots, hyphens and underscores, beginning with a letter or a digit',
    ),
  address: (value, name) =>
    textOf(value, name, isAddress, 'write it as user@host:port, or as a name of your ssh configuration'),
  workRoot: (value, name) =>
    posix.normalize(textOf(value, name, isDirectory, 'it has to be an absolute path, and not /')).replace(/\/$/, ''),
  labels: (value, name) =>
    Object.fromEntries(entriesOf(value, name).map(({key, value: text}) => [key, labelOf(text, `${name}.${key}`)])),
}

/** The list of hosts. */
export const readHosts: Read<readonly ConfiguredHost[]> = (value, name) => {
  const hosts = new Map<string, ConfiguredHost>()
  for (const [i, item] of itemsOf(value, name).entries()) {
    const where = `${name}[${i}]`
    const {name: called, address, workRoot = null, labels = {}} = readMap<ConfiguredHost>(item, where, HOST)
    if (called === undefined || address === undefined)
      throw invalid(item.place, `${where} has no ${called === undefined ? 'name' : 'address'}; every host needs both`)
    if (hosts.has(called)) throw invalid(item.place, `there are two hosts named ${called}; names have to differ`)
    hosts.set(called, {name: called, address, workRoot, labels})
  }

  return [...hosts.values()]
}

const labelOf: Read<string> = (value, name) =>
  textOf(value, name, text => !CONTROL.test(text), 'it has to be a text in one line')

const isDirectory = (text: string): boolean =>
  posix.isAbsolute(text) && !CONTROL.test(text) && posix.normalize(`${text}/`) !== '/'

function isAddress(text: string): boolean {
  try {
    parseHostAddress(text)
    return true
  } catch (error) {
    if (error instanceof CrabboxError) return false
    throw error
  }
}
