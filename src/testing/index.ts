// What provider authors test with: `crabbox/testing`.
export {CONFORMANCE_OPERATIONS, nameOfCase, type ConformanceCase, type ConformanceOperation} from './case.js'
export {conformanceCases} from './conformance.js'
export {describeConformance, type Runner} from './describe.js'
export {runConformance, type CaseResult, type Report} from './run.js'
export type {RecordKeeper, Subject} from './subject.js'
export {transportWorkspace} from './transport-workspace.js'
export type {Workspace} from './workspace.js'
