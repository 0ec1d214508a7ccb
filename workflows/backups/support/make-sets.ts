import { markNonce } from '../../../src/contracts/backups/store.ts';
import type { SetOutcome } from '../../../src/contracts/backups/details.ts';
import { chooseSetType } from '../../../src/policies/backups/choose-set-type.ts';
import { judgeArchiving } from '../../../src/policies/backups/judge-archiving.ts';
import { factsOf } from '../../../src/policies/backups/set-facts.ts';
import { describeSet } from '../../../src/render/backups/describe-set.ts';
import type { BackupSpec } from '../../../src/specs/backups/backup.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import type { OpenStep } from '../../kernel/steps.ts';
import type { BackupsRun } from './backups-run.ts';
import type { ExaminedPart } from './examine-parts.ts';
import { tryStep } from './try-step.ts';

type BackupRun = BackupsRun<BackupSpec>;

/** A set of every component in each of its repositories: where one fails, the others are made. */
export async function makeSets(run: BackupRun, parts: readonly ExaminedPart[]): Promise<void> {
  const outcomes: SetOutcome[] = [];
  run.found.sets = outcomes;
  for (const part of parts) {
    const mark = 'facts' in part ? await markSource(run, part) : undefined;
    const failure = 'away' in part ? part.away : mark?.ok === false ? mark.reason : undefined;
    for (const repository of part.repositories) {
      outcomes.push(
        failure === undefined
          ? await makeSet(run, part, repository)
          : { ...aboutSet(part, repository), failure },
      );
    }
  }
}

/** Commits a row to a database that takes writes, so that a drill can look for it. */
async function markSource(run: BackupRun, { component, ...part }: ExaminedPart) {
  const database = 'facts' in part ? part.facts.database : undefined;
  if (database?.role !== 'primary') return undefined;
  return tryStep(run, `mark ${component.name}`, async ({ prove }) => {
    const { at, committedAtMs } = await run
      .store(component)
      .writeMark(markNonce(run.id, component.name));
    const value = `committed at ${new Date(committedAtMs).toISOString()}, ${at.lsn}`;
    prove({ what: 'mark', source: component.agent, value });
  });
}

async function makeSet(
  run: BackupRun,
  part: ExaminedPart,
  repository: string,
): Promise<SetOutcome> {
  const outcome = aboutSet(part, repository);
  const name = `back up ${part.component.name} to ${repository}`;
  const tried = await tryStep(run, name, async (step) => {
    const startedAtMs = Date.now();
    const type = await chooseType(run, { part, repository, step, outcome });
    const set = await run.store(part.component).makeSet(repository, type);
    const tookMs = Date.now() - startedAtMs;
    const value = `${describeSet(set)} in ${formatDuration(tookMs)}`;
    step.prove({ what: 'set', source: repository, value });
    // Whatever becomes of the run: the set is there.
    run.facts.add(factsOf({ plan: run.plan, component: part.component, set }, run.id));
    return { set, tookMs };
  });
  return tried.ok ? { ...outcome, ...tried.value } : { ...outcome, failure: tried.reason };
}

interface Choice {
  part: ExaminedPart;
  repository: string;
  step: OpenStep;
  outcome: SetOutcome;
}

async function chooseType(run: BackupRun, { part, repository, step, outcome }: Choice) {
  const { type: wanted, fullEveryMs } = run.spec ?? run.plan;
  const contents = await run.store(part.component).readRepository(repository);
  if ('facts' in part) outcome.doubts.push(...judgeArchiving(part.facts, contents));
  contents.problems.forEach((problem) => run.note(`${repository}: ${problem}`));
  const own = contents.sets.filter(({ label }) => !contents.foreign.includes(label));
  const { type, why } = chooseSetType(wanted, own, { nowMs: Date.now(), fullEveryMs });
  step.prove({ what: 'type', source: repository, value: `${type}: ${why}` });
  return type;
}

function aboutSet({ component }: ExaminedPart, repository: string): SetOutcome {
  return { component: component.name, agent: component.agent, repository, doubts: [] };
}
