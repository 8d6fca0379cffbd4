/** roles are from least to most. */
export const roles = ["viewer", "field", "leader", "planner", "commander", "admin"] as const;
export type Role = (typeof roles)[number];

/** includes reports whether who has a role may do what asks for least. What the server
 * calls otherwise includes nothing. */
export function includes(role: string, least: Role): boolean {
  return (roles as readonly string[]).indexOf(role) >= roles.indexOf(least);
}
