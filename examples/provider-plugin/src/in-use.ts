import {readdir, readFile, readlink} from 'node:fs/promises'
import {join} from 'node:path'

/** The programs that have something open below a path or stand in it, such as `node (4242)`, as far as this user may see. */
export async function usersOf(path: string): Promise<string[]> {
  const found = await Promise.all(
    (await processes()).map(async pid => {
      const descriptors = (await readdir(`/proc/${pid}/fd`).catch(() => [])).map(name => `fd/${name}`)
      const targets = await Promise.all(['cwd', 'root', 'exe', ...descriptors].map(link => linkOf(pid, link)))
      if (!targets.some(target => target === path || target.startsWith(`${path}/`))) return null
      const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a program\n')
      return `${name.trimEnd()} (${pid})`
    }),
  )
  return found.filter(user => user !== null)
}

/** Whether a file system is also mounted where this process cannot unmount it, as in a container that was started since. */
export async function isHeldElsewhere(device: string): Promise<boolean> {
  const own = await linkOf('self', 'ns/mnt')
  const seen = new Set([own, ''])
  for (const pid of await processes()) {
    const namespace = await linkOf(pid, 'ns/mnt')
    if (seen.has(namespace)) continue
    seen.add(namespace)
    const table = await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '')
    if (table.split('\n').some(line => line.split(' ')[2] === device)) return true
  }

  return false
}

const processes = async (): Promise<string[]> => (await readdir('/proc')).filter(name => /^\d+$/.test(name))

const linkOf = (pid: string, link: string): Promise<string> => readlink(join('/proc', pid, link)).catch(() => '')
