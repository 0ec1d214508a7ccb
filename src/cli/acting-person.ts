import { hostname, userInfo } from 'node:os';

/** Who acts, as `user@host`, unless they say another name. */
export function actingPerson(named?: string): string {
  return named ?? `${userName()}@${hostname()}`;
}

/** A container may run under a number that no user has. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
