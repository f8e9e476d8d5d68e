import {mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import type {Context} from '../core/context.js'
import {silentProgress} from '../core/progress.js'
import {stateDirectories} from '../state/paths.js'
import {catalogRecords} from './record-keeper.js'
import type {PreparedSubject, Subject} from './subject.js'

/** Fills in what a subject leaves to the suite. */
export function prepare(subject: Subject): PreparedSubject {
  const context = subject.context ?? contextOfItsOwn()
  return {subject, context, records: subject.records ?? catalogRecords(context)}
}

/** Test runners want to know all cases before anything may wait: hence without promises. */
function contextOfItsOwn(): Context {
  const stateDir = mkdtempSync(join(tmpdir(), 'crabbox-conformance-'))
  process.once('exit', () => rmSync(stateDir, {recursive: true, force: true}))
  for (const directory of stateDirectories(stateDir)) mkdirSync(directory, {recursive: true, mode: 0o700})
  return {stateDir, progress: silentProgress, signal: new AbortController().signal}
}
