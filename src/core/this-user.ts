import {hostname, userInfo} from 'node:os'

/** Who works here, as others are told: `user@machine`. */
export const thisUser = (): string => `${userName()}@${hostname()}`

/** The name of the user, or the number of one who has none, as in some containers. */
export function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
