import { readFile } from 'node:fs/promises';
import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import type { RunEnd } from '../struck-end.ts';
import { untilNone } from '../until-none.ts';
import { pictureIn, type BackupScenario } from './backup-scenarios.ts';
import type { BackupSite, Inventory } from './backup-site.ts';
import { backUpOnce } from './due-backup.ts';

export interface BackupEnd extends RunEnd {
  /** What it did: after an honest failure, less than undisturbed. */
  done: {
    steps: string[];
    undo: string[];
    /** How many sets there are more, and how many of before are gone. */
    made: Record<string, number>;
    gone: Record<string, number>;
    content: string;
    data: object;
  };
}

export type EndedRun = Pick<
  RunReport,
  'outcome' | 'reason' | 'steps' | 'undo' | 'startedAtMs' | 'endedAtMs'
>;

interface Ended {
  report: EndedRun;
  before: Inventory;
}

export async function readBackupEnd(
  site: BackupSite,
  scenario: BackupScenario,
  { report, before }: Ended,
): Promise<BackupEnd> {
  const wrong: string[] = [];
  const processes = await untilNone(() => site.runningTools());
  wrong.push(...processes.map((pid) => `process ${pid} was left`));
  const after = await site.inventory();
  const content = await readFile(pictureIn(site.uploads), 'utf8');
  const source = await scenario.read?.(site);
  wrong.push(...(source?.wrong ?? []));
  const next = await backUpOnce(site, scenario).catch((error: unknown) => ({
    ...{ outcome: 'none', reason: String(error) },
  }));
  if (next.outcome !== 'Complete') wrong.push(`the next backup is ${next.outcome}: ${next.reason}`);
  wrong.push(...(await untilNone(() => site.leftovers())));
  // What the catalogue did not take at once it gets from a run of its own.
  const disagreement = async () => differ(await site.inventory(), await site.catalogue());
  wrong.push(...(await untilNone(disagreement)));
  return {
    ...{ outcome: report.outcome, reason: report.reason },
    done: {
      steps: (report.steps ?? []).map(({ name, state }) => `${withoutLabels(name)}: ${state}`),
      undo: report.undo.map(({ name, state }) => `${withoutLabels(name)}: ${state}`),
      made: countEach(after, before),
      gone: countEach(before, after),
      ...{ content, data: source?.data ?? {} },
    },
    wrong,
  };
}

/** An end by the death of a tool or of the source: it may have failed, if it says so. */
export function isHonestFailure(expected: BackupEnd, { outcome, reason }: BackupEnd): boolean {
  return outcome !== expected.outcome && outcome !== 'none' && reason.trim() !== '';
}

function differ(repositories: Inventory, catalogue: Inventory): string[] {
  return (Object.keys(repositories) as (keyof Inventory)[]).flatMap((name) => [
    ...lacking(repositories[name], catalogue[name]).map(
      (label) => `the catalogue lacks ${label} of ${name}`,
    ),
    ...lacking(catalogue[name], repositories[name]).map(
      (label) => `the catalogue has ${label}, and ${name} does not`,
    ),
  ]);
}

function lacking(all: string[], some: string[]): string[] {
  return all.filter((label) => !some.includes(label));
}

function countEach(all: Inventory, some: Inventory): Record<string, number> {
  const names = Object.keys(all) as (keyof Inventory)[];
  return Object.fromEntries(names.map((name) => [name, lacking(all[name], some[name]).length]));
}

function withoutLabels(text: string): string {
  return text
    .replaceAll(/\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?|\b[0-9a-f]{8,64}\b/g, 'SET')
    .replaceAll(/\btransaction \d+/g, 'transaction N');
}
