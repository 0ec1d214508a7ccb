import type { z } from 'zod';
import { judgedBy } from '../kernel/finding.ts';
import { mapping } from '../kernel/written.ts';
import { judgePlan, mistakenPlanKeys, nameComponents, planKeys, type BackupPlan } from './plan.ts';
import { judgeSelected, selectionKeys, type Selection } from './selection.ts';

/** Make a set of every component in each of its repositories: what `resolveSpec('backup', …)` returns. */
export interface BackupSpec extends BackupPlan, Selection {}

export const backupSchema: z.ZodType<BackupSpec> = mapping(
  { ...planKeys, ...selectionKeys },
  mistakenPlanKeys,
)
  .check(
    judgedBy(judgePlan),
    judgedBy(({ components, ...given }) => judgeSelected(given, components)),
  )
  .transform(({ component, repository, ...plan }): BackupSpec => ({
    ...nameComponents(plan),
    ...(component !== undefined && { component }),
    ...(repository !== undefined && { repository }),
  }));
