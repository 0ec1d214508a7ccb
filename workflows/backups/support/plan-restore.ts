import { joinReasons } from '../../../src/render/backups/join-reasons.ts';
import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { chooseSet } from '../../../src/policies/backups/choose-set.ts';
import { describeLastRestore, describeLoss } from '../../../src/policies/backups/describe-loss.ts';
import { judgePlaceFacts } from '../../../src/policies/backups/judge-in-place.ts';
import { selectParts, type Part } from '../../../src/policies/backups/select-parts.ts';
import { describeSet, describeTarget } from '../../../src/render/backups/describe-set.ts';
import type { RestoreSpec } from '../../../src/specs/backups/restore.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { takeStep, type OpenStep } from '../../kernel/steps.ts';
import type { BackupsRun } from './backups-run.ts';
import { judgeRepositories } from './judge-repositories.ts';
import type { RestorePlan } from './restore-copy.ts';

type RestoreRun = BackupsRun<RestoreSpec>;

/** Chooses a set for every component; fails with every reason where one cannot be restored as asked. */
export async function planRestore(
  run: RestoreRun,
  spec: RestoreSpec,
  name = 'choose what to restore',
): Promise<RestorePlan[]> {
  return takeStep(run, name, async (step) => {
    const parts = selectParts(spec.plan.components, spec);
    const planned = await Promise.all(parts.map((part) => planPart(run, spec, { part, step })));
    const problems = planned.flatMap((one) => ('problems' in one ? one.problems : []));
    if (problems.length > 0) {
      throw ApplicationFailure.nonRetryable(joinReasons(problems), failureTypes.targetRefused);
    }
    return planned.flatMap((one) => ('problems' in one ? [] : [one]));
  });
}

async function planPart(
  run: RestoreRun,
  spec: RestoreSpec,
  { part, step: { prove } }: { part: Part; step: OpenStep },
): Promise<RestorePlan | { problems: string[] }> {
  const { component, repositories } = part;
  const { name } = component;
  const store = run.store(component, spec.agent);
  const { judged: known, entries, unread } = await judgeRepositories(run, store, repositories);
  const nowMs = Date.now();
  const choice = chooseSet({
    ...{ repositories: known, target: spec.to, nowMs },
    ...(spec.set !== undefined && { label: spec.set }),
  });
  const needed = choice.ok ? choice.chosen.judged.set.bytes : 0;
  const place = spec.inPlace ? await refusePlace(run, spec, { part, bytes: needed }) : [];
  const problems = [
    ...unread.map(({ why }) => `${name}: ${why}`),
    ...(choice.ok ? [] : [`${name}: ${choice.problem}`]),
  ];
  if (!choice.ok || place.length > 0) return { problems: [...problems, ...place] };
  unread.forEach(({ why }) => {
    run.note(why);
  });

  const { repository, judged, wal } = choice.chosen;
  const from = known.find((one) => one.repository === repository) ?? {};
  const log = wal === undefined ? '' : `, with WAL from ${wal.first} to ${wal.last} at most`;
  const value = `${describeSet(judged.set)}, up to ${describeTarget(spec.to)}${log}`;
  prove({ what: name, source: repository, value });
  const lost = describeLoss(choice.chosen, from, { target: spec.to, nowMs });
  prove({ what: `lost of ${name}`, source: repository, value: lost });
  prove({
    what: `time for ${name}`,
    source: 'catalogue',
    value: describeLastRestore(entries ?? []),
  });
  const { keepForMs } = spec.plan.restore;
  const { label, bytes } = judged.set;
  return { store, repository, label, target: spec.to, bytes, keepForMs };
}

/** Nothing is restored over what runs, unless that is asked for. */
async function refusePlace(
  run: RestoreRun,
  { safetyCopy, stop }: RestoreSpec,
  { part: { component }, bytes }: { part: Part; bytes: number },
): Promise<string[]> {
  if (component.source.kind !== 'postgres') return [];
  const { name } = component;
  try {
    const facts = await run.place(component).examine(bytes, safetyCopy);
    return judgePlaceFacts(facts, { stop }).map((problem) => `${name}: ${problem}`);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return [`${name}: ${reasonOf(error)}`];
  }
}
