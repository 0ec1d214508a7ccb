import { judgedBy } from '../kernel/finding.ts';
import { choice, duration, mapping } from '../kernel/written.ts';
import type { CheckExtent } from '../../contracts/backups/store.ts';
import { extentSchema } from './extent.ts';
import { kindKey } from './kind.ts';
import { planSchema, type BackupPlan } from './plan.ts';
import { judgeSelection, selectionKeys, type Selection } from './selection.ts';

/** Read sets back, and say which of them are sound and how old they are. */
export interface BackupVerificationSpec extends Selection {
  kind: 'backupVerification';
  plan: BackupPlan;
  sets: 'newest' | 'all';
  extent: CheckExtent;
  /** The newest set may not be older. */
  maxAgeMs: number;
}

const dayMs = 86_400_000;

export const backupVerificationSchema = mapping({
  kind: kindKey('backupVerification'),
  plan: planSchema.describe('The whole spec of the backup.'),
  ...selectionKeys,
  sets: choice(['newest', 'all'])
    .prefault('newest')
    .describe('Which sets of each repository. Default: the newest.'),
  extent: extentSchema.exactOptional().describe('Default: that of the plan, or all.'),
  maxAge: duration(60_000)
    .exactOptional()
    .describe('The newest set may not be older. Default: that of the plan, or 1d.'),
})
  .check(judgedBy(judgeSelection))
  .transform(({ extent, maxAge, ...spec }): BackupVerificationSpec => ({
    ...spec,
    extent: extent ?? spec.plan.verify?.extent ?? { kind: 'all' },
    maxAgeMs: maxAge ?? spec.plan.verify?.maxAgeMs ?? dayMs,
  }));
