import {spawnSync} from 'node:child_process'
import {dirname, join} from 'node:path'
import process from 'node:process'
import {fileURLToPath} from 'node:url'

export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Runs commands one by one, each shown as a user would type it, and remembers how long each took. */
export function storyteller(where) {
  const steps = []
  const began = performance.now()

  const show = (words, outcome, program, args) => {
    const line = words.map(quote).join(' ')
    console.log(`\n$ ${line}`)
    const start = performance.now()
    const {status, signal, error, stdout} = spawnSync(program, args, {
      ...where,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    process.stdout.write(stdout ?? '')
    if (error) throw error
    if (status !== (outcome.status ?? 0)) throw new Error(`${line}: exit ${status ?? signal}`)
    if (outcome.silent && stdout !== '') throw new Error(`${line}: printed something`)
    steps.push({line, seconds: (performance.now() - start) / 1000})
    return stdout
  }

  return {
    say: text => console.log(`\n# ${text}`),
    /** Runs the CLI and answers with its standard output; throws when it fails. */
    crabbox: (...args) =>
      show(['crabbox', ...args], {}, process.execPath, [join(projectRoot, 'bin', 'run.js'), ...args]),
    /** Runs any program. `status`: the exit code that it must have (0); `silent`: it must print nothing. */
    shell: (outcome, program, ...args) => show([program, ...args], outcome, program, args),
    summary: () =>
      [
        `\nAll ${steps.length} steps went well, in ${((performance.now() - began) / 1000).toFixed(1)} s:`,
        ...steps.map(({line, seconds}) => `  ${seconds.toFixed(1).padStart(5)} s  ${line}`),
      ].join('\n'),
  }
}

const quote = word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
