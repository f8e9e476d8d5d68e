import type {Action} from './action.js'
import {CreateImage} from './create-image.js'
import {DeregisterImage, DescribeImages} from './images.js'
import {
  ModifyInstanceAttribute,
  RebootInstances,
  StartInstances,
  StopInstances,
  TerminateInstances,
} from './instance-states.js'
import {DescribeInstanceTypes} from './instance-types.js'
import {DescribeInstances, GetConsoleOutput} from './instances.js'
import {DeleteKeyPair, DescribeKeyPairs, ImportKeyPair} from './key-pairs.js'
import {DescribeSubnets, DescribeVpcs} from './networks.js'
import {RunInstances} from './run-instances.js'
import {
  AuthorizeSecurityGroupIngress,
  DescribeSecurityGroupRules,
  RevokeSecurityGroupIngress,
} from './security-group-rules.js'
import {CreateSecurityGroup, DeleteSecurityGroup, DescribeSecurityGroups} from './security-groups.js'
import {DeleteSnapshot, DescribeSnapshots} from './snapshots.js'
import {CreateTags, DeleteTags} from './tags.js'

/** All that this endpoint can do. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  ...{RunInstances, DescribeInstances, ModifyInstanceAttribute, GetConsoleOutput, DescribeInstanceTypes},
  ...{StopInstances, StartInstances, RebootInstances, TerminateInstances},
  ...{CreateImage, DescribeImages, DeregisterImage, DescribeSnapshots, DeleteSnapshot},
  ...{ImportKeyPair, DescribeKeyPairs, DeleteKeyPair, CreateTags, DeleteTags},
  ...{CreateSecurityGroup, DescribeSecurityGroups, DeleteSecurityGroup},
  ...{AuthorizeSecurityGroupIngress, RevokeSecurityGroupIngress, DescribeSecurityGroupRules},
  ...{DescribeVpcs, DescribeSubnets},
}
