import { isMapping } from '../kernel/finding.ts';
import { resolveAgainst } from '../kernel/resolve.ts';
import { backupSchema } from './backup.ts';
import type { BackupPlan } from './plan.ts';

/** The plan that the spec of any run of the family carries; undefined where it has no valid plan. */
export function carriedPlan(spec: unknown): BackupPlan | undefined {
  if (!isMapping(spec)) return undefined;
  const written = isMapping(spec['plan']) ? spec['plan'] : spec;
  const resolution = resolveAgainst(backupSchema, written);
  return resolution.ok ? resolution.spec : undefined;
}
