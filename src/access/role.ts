/** Roles of operators, each with the rights of those before it. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** The group of all operators before there were roles: its members are admins. */
export const FORMER_GROUP = 'operators';

/** The role of a member of these Cognito groups; undefined outside all of them. */
export function roleOf(groups: readonly string[]): Role | undefined {
  if (groups.includes(FORMER_GROUP)) return 'admin';
  return ROLES.findLast((role) => groups.includes(role));
}
