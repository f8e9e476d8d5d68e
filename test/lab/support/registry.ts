import {execFileSync} from 'node:child_process'
import {once} from 'node:events'
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {json} from 'node:stream/consumers'

/** A registry of npm packages on this machine. */
export interface Registry {
  readonly url: string
  readonly close: () => Promise<void>
}

/** What `npm publish` sends: all that is known of the package, and the tarball in it. */
interface Publication {
  readonly name: string
  readonly versions: Readonly<Record<string, Manifest>>
  readonly _attachments: Readonly<Record<string, {readonly data: string}>>
}

interface Manifest {
  readonly dist: {readonly tarball: string}
}

/**
 * Serves what is published to it. For every other package it sends npm on to the registry that this machine is configured with,
 * so that npm itself does what is needed to get there.
 * @param own names that are looked for here alone, also before they are published
 */
export async function openRegistry(own: readonly string[]): Promise<Registry> {
  const upstream = execFileSync('npm', ['config', 'get', 'registry'], {encoding: 'utf8', stdio: 'pipe'})
    .trim()
    .replace(/\/$/, '')
  const packages = new Map<string, Publication>()
  const tarballs = new Map<string, Buffer>()
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(request.url ?? '/')
    const name = path.slice(1).split('/-/', 1)[0] ?? ''
    if (!own.includes(name)) return void response.writeHead(302, {location: upstream + (request.url ?? '')}).end()
    if (request.method === 'PUT') {
      publish((await json(request)) as Publication)
      return void response.writeHead(201).end('{}')
    }

    const found = tarballs.get(path) ?? packages.get(name)
    if (found === undefined) return void response.writeHead(404).end('{}')
    response.writeHead(200).end(Buffer.isBuffer(found) ? found : JSON.stringify(found))
  }

  function publish(publication: Publication): void {
    const {name, versions, _attachments: attachments} = publication
    packages.set(name, {...publication, versions: {...packages.get(name)?.versions, ...versions}, _attachments: {}})
    for (const {dist} of Object.values(versions))
      for (const {data} of Object.values(attachments))
        tarballs.set(new URL(dist.tarball).pathname, Buffer.from(data, 'base64'))
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
