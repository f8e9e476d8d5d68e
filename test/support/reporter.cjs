'use strict'

const fs = require('node:fs')
const {reporters} = require('mocha')

/**
 * Mocha's own report, and three rules on top:
 * - a run in which no test ran fails;
 * - where CRABBOX_EXPECTED_SKIPS names a list of `{title, reason}`, a skipped test that is not on it fails the run;
 * - where CRABBOX_TEST_STATS names a file, a line of JSON is added to it: {passes, failures, pending, pendingTitles}.
 */
module.exports = class Reporter extends reporters.Spec {
  #pending = []
  #unexpected = []

  constructor(runner, options) {
    super(runner, options)
    runner.on('pending', test => this.#pending.push(test.fullTitle()))
    runner.once('end', () => {
      this.#unexpected = unexpectedSkips(this.#pending)
      for (const title of this.#unexpected) console.log(`  skipped, and not on the list of expected skips: ${title}`)
      if (this.#ran() === 0) console.log('  no test ran')
      this.#writeStats()
    })
  }

  /** Mocha calls this last; what is passed on decides the exit code. */
  done(failures, finish) {
    const all = failures + this.#unexpected.length
    finish(all === 0 && this.#ran() === 0 ? 1 : all)
  }

  #ran() {
    return this.stats.passes + this.stats.failures
  }

  #writeStats() {
    const file = process.env.CRABBOX_TEST_STATS
    if (!file) return
    const stats = {
      passes: this.stats.passes,
      failures: this.stats.failures + this.#unexpected.length,
      pending: this.#pending.length,
      pendingTitles: this.#pending,
    }
    fs.appendFileSync(file, `${JSON.stringify(stats)}\n`)
  }
}

function unexpectedSkips(pending) {
  const file = process.env.CRABBOX_EXPECTED_SKIPS
  if (!file) return []
  const expected = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : []
  const titles = new Set(expected.map(({title}) => title))
  return pending.filter(title => !titles.has(title))
}
