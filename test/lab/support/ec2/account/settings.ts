import type {Ec2Error} from '../protocol/ec2-error.js'

/** Called after the work of each call and before its answer, with its number. */
export type CallListener = (n: number, action: string) => void | Promise<void>

/** How the lab cloud behaves. Tests turn it by the knobs. */
export interface Settings {
  delay: number
  hidden: number
  capacity: (type: string) => boolean
  failures: {readonly action: string; readonly error: Ec2Error; left: number}[]
  lostAnswers: {readonly action: string; left: number}[]
  listener: {readonly call: CallListener; calls: number} | undefined
  imagePolls: number
  snapshotPolls: number
  imageFailures: string[]
  hasDefaultVpc: boolean
}

export const defaultSettings = (): Settings => ({
  delay: 0,
  hidden: 0,
  capacity: () => true,
  failures: [],
  lostAnswers: [],
  listener: undefined,
  imagePolls: 2,
  snapshotPolls: 0,
  imageFailures: [],
  hasDefaultVpc: true,
})

/** Takes one of what was ordered for an action, if something was. */
export function takeOne<Order extends {readonly action: string; left: number}>(
  orders: readonly Order[],
  action: string,
): Order | undefined {
  const order = orders.find(one => one.action === action && one.left > 0)
  if (order !== undefined) order.left--
  return order
}
