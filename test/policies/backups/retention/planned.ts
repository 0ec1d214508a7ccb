import * as z from 'zod';
import type {
  BackupSet,
  RepositoryContents,
} from '../../../../src/contracts/backups/backup-set.ts';
import type { CatalogueEntry } from '../../../../src/contracts/backups/catalogue.ts';
import {
  planRetention,
  type RetentionPlan,
} from '../../../../src/policies/backups/retention/plan-retention.ts';
import { retentionSchema } from '../../../../src/specs/backups/retention.ts';
import { resolveAgainst } from '../../../../src/specs/kernel/resolve.ts';
import { at, dayMs, hourMs, setAt } from '../backup-sets.ts';

export const nowMs = at('2026-11-29T12:00Z');
const files = {
  ...{ name: 'uploads', agent: 'db-1', repositories: ['main', 'offsite'] },
  source: { kind: 'files', paths: ['/srv'], exclude: [] } as const,
};

interface Given {
  retention: unknown;
  contents: RepositoryContents[];
  entries?: CatalogueEntry[] | undefined;
  repository?: string;
  repositories?: string[];
}

export function planOf(given: Given): RetentionPlan {
  const { retention, contents, repository = 'main', repositories } = given;
  const entries = 'entries' in given ? given.entries : [];
  const resolution = resolveAgainst(z.object({ retention: retentionSchema }), { retention });
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
  return planRetention({
    component: { ...files, repositories: repositories ?? contents.map((one) => one.repository) },
    ...{ repository, contents, entries, nowMs, retention: resolution.spec.retention },
  });
}

/** `label: keep because of this; and of that` */
export function linesOf({ decisions }: RetentionPlan): string[] {
  return decisions.map(
    ({ judged, action, reasons }) =>
      `${judged.set.label}: ${action}: ${reasons.map(({ text }) => text).join('; ')}`,
  );
}

export function actionsOf({ decisions }: RetentionPlan): Record<string, string> {
  return Object.fromEntries(decisions.map(({ judged, action }) => [judged.set.label, action]));
}

export function daysAgo(...days: number[]): BackupSet[] {
  return days.map((day) => setAt(nowMs - day * dayMs - 10 * hourMs, { label: `${day} days ago` }));
}
