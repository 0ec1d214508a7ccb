import { shortLabel } from '../../../src/render/backups/short-label.ts';
import type { SetOutcome } from '../../../src/contracts/backups/details.ts';
import type { Component } from '../../../src/contracts/backups/source.ts';
import type { BackupSet } from '../../../src/contracts/backups/backup-set.ts';
import { missingCopies } from '../../../src/policies/backups/missing-copies.ts';
import { named } from '../../../src/policies/backups/set-facts.ts';
import { describeSet } from '../../../src/render/backups/describe-set.ts';
import type { BackupsRun } from './backups-run.ts';
import { recordFacts } from './catalogue-acts.ts';
import { judgeRepositories } from './judge-repositories.ts';
import { tryStep } from './try-step.ts';

/** Copies one set, proven equal, and writes it down. Undefined: it was copied, else why not. */
export async function replicateSet<Spec>(
  run: BackupsRun<Spec>,
  component: Component,
  { repository, label }: BackupSet,
  to: string,
): Promise<string | undefined> {
  const tried = await tryStep(run, `replicate ${shortLabel(label)} to ${to}`, async ({ prove }) => {
    const copied = await run.store(component).copySet(repository, label, to);
    prove({ what: describeSet(copied.set), source: to, value: copied.equal });
    return copied;
  });
  if (!tried.ok) return tried.reason;
  const { set: copy, equal } = tried.value;
  const about = { plan: run.plan, component, repository, label };
  const replicated = {
    ...{ repository: to, label: copy.label, equal },
    ...{ atMs: Date.now(), runRef: run.id },
  };
  await recordFacts([{ ...named(about), kind: 'replicated', replicated }], run.note);
  return undefined;
}

/** What the second repository of a component lacks; returns an outcome for each set that was copied. */
export async function replicatePart<Spec>(
  run: BackupsRun<Spec>,
  component: Component,
  to: string,
): Promise<{ copied: SetOutcome[]; troubles: string[] }> {
  const [first = ''] = component.repositories;
  const known = await judgeRepositories(run, run.store(component), [first, to]);
  const [from, target] = [first, to].map((name) => ({
    judged: known.judged.find(({ repository }) => repository === name),
    contents: known.contents.find(({ repository }) => repository === name),
  }));
  const copied: SetOutcome[] = [];
  const troubles = known.unread.map(({ why }) => why);
  if (from?.judged === undefined || target?.contents === undefined) return { copied, troubles };
  for (const set of missingCopies(from.judged, target.contents)) {
    const why = await replicateSet(run, component, set, to);
    const { name, agent } = component;
    if (why !== undefined)
      troubles.push(`${shortLabel(set.label)} was not copied to ${to}: ${why}`);
    else {
      const about = { component: name, agent, repository: first, doubts: [] };
      copied.push({ ...about, set, replicatedTo: to });
    }
  }
  return { copied, troubles };
}
