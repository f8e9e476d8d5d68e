import {nameOfCase, type ConformanceCase, type ConformanceOperation} from '../../testing/case.js'

/** The cases of some operations, of all where none is named, with their names. */
export const selectCases = (
  cases: readonly ConformanceCase[],
  only: readonly ConformanceOperation[] = [],
): (ConformanceCase & {readonly name: string})[] =>
  cases
    .filter(({operation}) => only.length === 0 || only.includes(operation))
    .map(entry => ({...entry, name: nameOfCase(entry)}))
