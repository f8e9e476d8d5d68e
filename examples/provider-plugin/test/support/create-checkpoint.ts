// Makes a checkpoint in a process of its own, which the test kills: <state directory> <lease id> <checkpoint id>.
import {join} from 'node:path'

import type {CheckpointId, LeaseId} from 'crabbox'

import {contextIn, create, leaseOf, leaseRequest} from './box.js'

const [stateDir = '', lease = '', checkpoint = ''] = process.argv.slice(2)
const directory = join(stateDir, 'overlayfs')
const workRoot = join(directory, 'leases', lease, 'root')
const placement = {workRoot, workdir: join(workRoot, 'shop'), details: {directory}}
const source = leaseOf({...leaseRequest(), id: lease as LeaseId}, placement)
await create(source, contextIn(stateDir), checkpoint as CheckpointId)
