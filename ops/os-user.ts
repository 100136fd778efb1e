import { userInfo } from 'node:os';

/** The person at this machine, for the audit log. */
export function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user without an entry in /etc/passwd.
    return `uid ${process.getuid?.()}`;
  }
}
