import assert from 'node:assert/strict'
import {execFileSync} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {checkpointRow, leaseRow, writeTables} from '../support/completion.js'
import {PROJECT} from './support/cli.js'
import {openTerminal, type Terminal} from './support/terminal.js'

interface Setup {
  readonly command: readonly string[]
  /** Files below the home directory, which tell the shell how to start. `$SCRIPT` stands for what `crabbox completion` prints. */
  readonly files: Readonly<Record<string, string>>
  readonly shell: 'bash' | 'zsh' | 'fish'
}

const BASH = ['bash', '--noprofile', '--rcfile']
const SETUPS: Readonly<Record<string, Setup>> = {
  bash: {
    shell: 'bash',
    command: [...BASH, 'rc', '-i'],
    files: {rc: `PS1='$ '; set +H; unset HISTFILE; eval "$(crabbox completion bash)"`},
  },
  'bash with bash-completion': {
    shell: 'bash',
    command: [...BASH, 'rc', '-i'],
    files: {
      rc: `PS1='$ '; set +H; unset HISTFILE; . /usr/share/bash-completion/bash_completion`,
      '.local/share/bash-completion/completions/crabbox': '$SCRIPT',
    },
  },
  zsh: {
    shell: 'zsh',
    command: ['zsh', '-i'],
    files: {'.zshrc': `PS1='$ '; autoload -Uz compinit; compinit -u; eval "$(crabbox completion zsh)"`},
  },
  'zsh with a file': {
    shell: 'zsh',
    command: ['zsh', '-i'],
    files: {
      '.zshrc': `PS1='$ '; fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit -u`,
      '.zfunc/_crabbox': '$SCRIPT',
    },
  },
  'zsh without compinit': {
    shell: 'zsh',
    command: ['zsh', '-i'],
    files: {'.zshrc': `PS1='$ '; source <(crabbox completion zsh)`},
  },
  fish: {
    shell: 'fish',
    command: ['fish', '-i'],
    files: {
      '.config/fish/config.fish':
        "function fish_prompt; echo -n '$ '; end; set fish_greeting; set -g fish_autosuggestion_enabled 0; crabbox completion fish | source",
    },
  },
  'fish with a file': {
    shell: 'fish',
    command: ['fish', '-i'],
    files: {
      '.config/fish/config.fish':
        "function fish_prompt; echo -n '$ '; end; set fish_greeting; set -g fish_autosuggestion_enabled 0",
      '.config/fish/completions/crabbox.fish': '$SCRIPT',
    },
  },
}

/** What is on the line after words and TAB. */
const COMPLETED: readonly (readonly [string, string])[] = [
  ['crabbox chec', 'crabbox checkpoint'],
  ['crabbox checkpoint inv', 'crabbox checkpoint inv'],
  ['crabbox checkpoint ins', 'crabbox checkpoint inspect'],
  ['crabbox checkpoint create --reb', 'crabbox checkpoint create --reboot'],
  ['crabbox warmup --class sta', 'crabbox warmup --class standard'],
  ['crabbox warmup --class=sta', 'crabbox warmup --class=standard'],
  ['crabbox warmup --provider lo', 'crabbox warmup --provider local'],
  ['crabbox stop --id bl', 'crabbox stop --id blue-lobster'],
  ['crabbox stop --id=bl', 'crabbox stop --id=blue-lobster'],
  ['crabbox stop --id cbx_00000000000b', 'crabbox stop --id cbx_00000000000b'],
  ['crabbox stop --id cbx_00000000000', 'crabbox stop --id cbx_00000000000b'],
  ['crabbox checkpoint fork aft', 'crabbox checkpoint fork after-npm-ci'],
  ['crabbox warmup --host bui', 'crabbox warmup --host build-7.example'],
  ['crabbox warmup --host me@bui', 'crabbox warmup --host me@build-7.example'],
  ['crabbox warmup --host=me@bui', 'crabbox warmup --host=me@build-7.example'],
  ['crabbox stop --id "bl', 'crabbox stop --id "blue-lobster"'],
  ["crabbox stop --id 'bl", "crabbox stop --id 'blue-lobster'"],
  ['crabbox list; crabbox stop --id bl', 'crabbox list; crabbox stop --id blue-lobster'],
  ['FOO=1 crabbox stop --id bl', 'FOO=1 crabbox stop --id blue-lobster'],
  // A value is no file, and a file is no command.
  ['crabbox stop --id READ', 'crabbox stop --id READ'],
  ['crabbox READ', 'crabbox READ'],
  ['crabbox run -- cat READ', 'crabbox run -- cat README.md'],
  ['crabbox checkpoint export a --output READ', 'crabbox checkpoint export a --output README.md'],
  ['crabbox checkpoint export a --output=READ', 'crabbox checkpoint export a --output=README.md'],
  ['crabbox checkpoint create --workdir sou', 'crabbox checkpoint create --workdir sources/'],
  ['crabbox checkpoint create --workdir READ', 'crabbox checkpoint create --workdir READ'],
  ['crabbox list >READ', 'crabbox list >README.md'],
]

/** Labels whose quoting each shell has to get right. */
const LABELS = {why: `it's "$HOME" \\ 7; (x) *`, ticket: 'a:b=c'}

/** Each shell once, and bash also as its package loads completions; the other ways to load them run on request. */
const MOST = ['bash', 'bash with bash-completion', 'zsh', 'fish']
const setups = Object.entries(SETUPS).filter(
  ([name]) => process.env['CRABBOX_LAB_WHOLE'] !== undefined || MOST.includes(name),
)

for (const [name, setup] of setups) {
  describe(`completion in ${name}`, () => {
    let home: string
    let terminal: Terminal

    before(async () => {
      home = mkdtempSync(join(tmpdir(), 'crabbox-tab-'))
      terminal = open(home, setup)
      await atPrompt()
    })
    beforeEach(async () => {
      await freshLine()
      await atPrompt(freshLine)
    })
    after(async () => {
      terminal.close()
      // A shell that has lost its terminal may still be writing what it keeps.
      for (let attempt = 0; attempt < 50 && !isRemoved(home); attempt++) await sleep(100)
    })

    const atPrompt = (nudge?: () => Promise<void>): Promise<void> =>
      terminal.until('no prompt', screen => screen.join('\n') === '$', nudge)
    /** What follows a Ctrl-C at once would be thrown away with what stands before it. */
    const freshLine = async (): Promise<void> => {
      terminal.press('C-c')
      await sleep(150)
      terminal.press('C-l')
    }

    /** Types and presses TAB. What is typed behind it shows where the shell has left the line. */
    const complete = async (typed: string): Promise<string> => {
      terminal.type(typed)
      terminal.press('Tab')
      terminal.type('%%')
      await terminal.until('nothing on the line', screen => screen.some(line => line.endsWith('%%')))
      const line = terminal.screen().find(one => one.endsWith('%%')) ?? ''
      return line.slice('$ '.length, -'%%'.length).trimEnd()
    }

    for (const [typed, completed] of COMPLETED)
      it(`makes of ${typed}: ${completed === typed ? 'nothing else' : completed}`, async () => {
        assert.equal(await complete(typed), completed)
      })

    it('goes on in a quote that begins within a word, as far as the shell keeps it', async () => {
      const written = setup.shell === 'zsh' ? 'blue-lobster' : 'blue"-lobster"'
      assert.equal(await complete('crabbox stop --id blue"-lo'), `crabbox stop --id ${written}`)
    })

    it('shows candidates, and what they are where the shell has room for that', async () => {
      terminal.type('crabbox st')
      terminal.press('Tab', 'Tab')
      const shown = setup.shell === 'bash' ? /status\s+stop/ : /stop +(?:-- )?\(?Give a lease back/
      await terminal.until('no candidates', screen => shown.test(screen.join('\n')))
    })

    it('shows flags', async () => {
      terminal.type('crabbox run --')
      terminal.press('Tab', 'Tab')
      await terminal.until('no flags', screen => screen.join('\n').includes('--accept-new-host-key'))
    })

    it('shows leases, newest first', async () => {
      terminal.type('crabbox stop --id ')
      terminal.press('Tab', 'Tab')
      await terminal.until('not in this order', screen => /zesty-newt.*blue-lobster/s.test(screen.slice(1).join('\n')))
    })

    for (const [key, value] of Object.entries(LABELS))
      it(`quotes the label ${key} so that the command is given it as it is`, async () => {
        terminal.type(`crabbox checkpoint list --label ${key}=`)
        terminal.press('Tab')
        terminal.type(' --json')
        terminal.press('Enter')
        await terminal.until(`not ${value}`, screen => screen.join('\n').includes('"name": "labelled"'))
      })

    it('says nothing when the state is broken', async () => {
      writeFileSync(join(home, 'state/leases.json'), 'broken')
      assert.equal(await complete('crabbox stop --id bl'), 'crabbox stop --id bl')
      assert.deepEqual(
        terminal.screen().filter(line => line !== '' && !line.startsWith('$ crabbox stop')),
        [],
      )
    })
  })
}

function open(home: string, {shell, command, files}: Setup): Terminal {
  const state = join(home, 'state')
  writeTables(state, {
    leases: [
      leaseRow({id: 'cbx_10000000000a', slug: 'zesty-newt', age: 1}),
      leaseRow({id: 'cbx_00000000000b', slug: 'blue-lobster', age: 2}),
    ],
    catalog: [
      checkpointRow({id: `chk_${'1'.repeat(16)}`, name: 'after-npm-ci'}),
      checkpointRow({id: `chk_${'2'.repeat(16)}`, name: 'labelled', labels: LABELS}),
    ],
  })
  const bin = join(home, 'bin/crabbox')
  const all: Record<string, string> = {
    ...files,
    'project/README.md': '',
    'project/sources/x': '',
    'bin/crabbox': `#!/bin/sh\nexec '${process.execPath}' '${join(PROJECT, 'bin/run.js')}' "$@"\n`,
    '.ssh/config': 'Host build-7.example\n',
  }
  const script = execFileSync(process.execPath, [join(PROJECT, 'bin/run.js'), 'completion', shell], {encoding: 'utf8'})
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(home, path)), {recursive: true})
    writeFileSync(
      join(home, path),
      text.replace('$SCRIPT', () => script),
    )
  }

  chmodSync(bin, 0o755)
  const env = {
    HOME: home,
    PATH: `${dirname(bin)}:/usr/local/bin:/usr/bin:/bin`,
    LANG: 'C.UTF-8',
    CRABBOX_STATE_DIR: state,
  }
  const inHome = command.map(word => (word === 'rc' ? join(home, 'rc') : word))
  return openTerminal(inHome, {dir: home, cwd: join(home, 'project'), env})
}

function isRemoved(directory: string): boolean {
  try {
    rmSync(directory, {recursive: true, force: true})
    return true
  } catch {
    return false
  }
}
