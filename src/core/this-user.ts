import {hostname, userInfo} from 'node:os'

/** Who works here, as others are told: `user@machine`. */
export const thisUser = (): string => `${userName()}@${hostname()}`

/** In a container the user may have no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}
