import {newId} from './ids.js'
import type {Architecture, Image, Snapshot} from './resources.js'

/** Canonical's account. */
export const CANONICAL = '099720109477'

const IMAGES: readonly {name: string; architecture: Architecture; created: string}[] = [
  {name: 'noble-24.04-amd64-server-20261001', architecture: 'x86_64', created: '2026-10-01T07:12:09.000Z'},
  {name: 'noble-24.04-amd64-server-20261101', architecture: 'x86_64', created: '2026-11-01T07:08:41.000Z'},
  {name: 'noble-24.04-arm64-server-20261101', architecture: 'arm64', created: '2026-11-01T07:15:30.000Z'},
  {name: 'plucky-25.04-amd64-server-20261110', architecture: 'x86_64', created: '2026-11-10T06:59:02.000Z'},
]

const GIB = 8

/** The images that everybody sees in a region: all of them are the same machine. */
export function baseImages(docker: string): {image: Image; snapshot: Snapshot}[] {
  return IMAGES.map(({name, architecture, created}) => {
    const id = newId('snap')
    const both = {owner: CANONICAL, tags: new Map<string, string>(), size: GIB, polls: {left: 0, all: 0}}
    const [version] = /[a-z]+-[\d.]+/.exec(name) ?? []
    const image: Image = {
      ...both,
      id: newId('ami'),
      name: `ubuntu/images/hvm-ssd-gp3/ubuntu-${name}`,
      description: `Canonical, Ubuntu, ${version} image`,
      architecture,
      created: new Date(created),
      snapshot: id,
      docker,
      snapshotPolls: 0,
      failure: undefined,
      hidden: 0,
    }
    const started = new Date(created)
    return {image, snapshot: {...both, id, description: '', bytes: 2 ** 31, encrypted: false, started, image}}
  })
}
