import { shortLabel } from '../../../src/render/backups/short-label.ts';
import type { SetOutcome } from '../../../src/contracts/backups/details.ts';
import type { Component } from '../../../src/contracts/backups/source.ts';
import type { BackupSet } from '../../../src/contracts/backups/backup-set.ts';
import { missingCopies } from '../../../src/policies/backups/missing-copies.ts';
import { worthCopying } from '../../../src/policies/backups/worth-copying.ts';
import { factsOf } from '../../../src/policies/backups/set-facts.ts';
import { describeSet } from '../../../src/render/backups/describe-set.ts';
import type { BackupsRun } from './backups-run.ts';
import { judgeRepositories } from './judge-repositories.ts';
import { tryStep } from './try-step.ts';

/** Copies one set, proven equal, and writes it down. Undefined: it was copied, else why not. */
export async function replicateSet<Spec>(
  run: BackupsRun<Spec>,
  component: Component,
  set: BackupSet,
  to: string,
): Promise<string | undefined> {
  const { repository, label } = set;
  const tried = await tryStep(run, `replicate ${shortLabel(label)} to ${to}`, async ({ prove }) => {
    const copied = await run.store(component).copySet(repository, label, to);
    prove({ what: describeSet(copied.set), source: to, value: copied.equal });
    return copied;
  });
  if (!tried.ok) return tried.reason;
  const { set: copy, equal } = tried.value;
  const replicated = {
    ...{ repository: to, label: copy.label, equal },
    ...{ atMs: Date.now(), runRef: run.id },
  };
  const about = { plan: run.plan, component, set };
  run.facts.add(factsOf(about, run.id, { kind: 'replicated', replicated }));
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
  const missing = missingCopies(from.judged, target.contents);
  const { contents, entries = [] } = known;
  const { retention } = run.plan;
  const about = { component, to, retention, contents, entries, nowMs: Date.now() };
  for (const set of worthCopying(missing, about)) {
    const why = await replicateSet(run, component, set, to);
    const { name, agent } = component;
    if (why !== undefined)
      troubles.push(`${shortLabel(set.label)} was not copied to ${to}: ${why}`);
    else {
      const outcome = { component: name, agent, repository: first, doubts: [] };
      copied.push({ ...outcome, set, replicatedTo: to });
    }
  }
  return { copied, troubles };
}
