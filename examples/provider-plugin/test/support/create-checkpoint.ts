// Makes a checkpoint in a process of its own, which the test kills, or which dies by itself:
// <state directory> <lease id> <checkpoint id> [<changes to files before it dies>].
import {join} from 'node:path'

import type {CheckpointId, LeaseId} from 'crabbox'

import {contextIn, create, leaseOf, leaseRequest} from './box.js'
import {dieAfter} from './die-after.js'

const [stateDir = '', lease = '', checkpoint = '', changes = '0'] = process.argv.slice(2)
dieAfter(Number(changes))
const directory = join(stateDir, 'overlayfs')
const workRoot = join(directory, 'leases', lease, 'root')
const placement = {workRoot, workdir: join(workRoot, 'shop'), details: {directory}}
const source = leaseOf({...leaseRequest(), id: lease as LeaseId}, placement)
await create(source, contextIn(stateDir), checkpoint as CheckpointId)
