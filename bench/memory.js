import {readdirSync, readFileSync} from 'node:fs'

const INTERVAL = 20

/**
 * Watches a process and all that it starts, where there is a /proc. `stop` answers with bytes: `process` is the peak of
 * the process itself, as the kernel kept it; `all` the most that it and its descendants held together when sampled.
 */
export function watchMemory(pid) {
  const peak = {process: 0, all: 0}
  const sample = () => {
    const own = memoryOf(pid)
    if (!own) return
    const command = commandOf(pid)
    // Between fork and exec a child is its parent's image, which is not memory of its own.
    const children = descendants(pid)
      .filter(child => commandOf(child) !== command)
      .map(memoryOf)
    peak.process = Math.max(peak.process, own.peak)
    peak.all = Math.max(
      peak.all,
      own.peak,
      children.reduce((sum, child) => sum + (child?.now ?? 0), own.now),
    )
  }
  const timer = setInterval(sample, INTERVAL)
  return {
    stop: () => {
      clearInterval(timer)
      return peak
    },
  }
}

function memoryOf(pid) {
  const status = read(`/proc/${pid}/status`)
  const field = name => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024
  return status.includes('VmHWM') ? {peak: field('VmHWM'), now: field('VmRSS')} : undefined
}

const commandOf = pid => read(`/proc/${pid}/cmdline`)

function descendants(pid) {
  const children = threads(pid).flatMap(thread =>
    read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean),
  )
  return children.flatMap(child => [child, ...descendants(child)])
}

function threads(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // The process has ended, or there is no /proc.
    return ''
  }
}
