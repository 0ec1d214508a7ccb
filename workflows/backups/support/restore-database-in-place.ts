import { ApplicationFailure } from '@temporalio/workflow';
import type { RunStep } from '../../../src/contracts/kernel/agent.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { PlaceFacts } from '../../../src/contracts/backups/place.ts';
import type { Component } from '../../../src/contracts/backups/source.ts';
import { markNonce, type RestoreInto } from '../../../src/contracts/backups/store.ts';
import { judgePlaceFacts, judgeRecovered } from '../../../src/policies/backups/judge-in-place.ts';
import { describeServer } from '../../../src/render/backups/describe-server.ts';
import { shortLabel } from '../../../src/render/backups/short-label.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { BackupsRun } from './backups-run.ts';
import type { RestorePlan } from './restore-copy.ts';
import { tryStep } from './try-step.ts';

/** What a restore in the place of a database may do. */
export interface InPlaceChoice {
  /** Keep what is there before: else nothing can be put back. */
  safetyCopy: boolean;
  /** Stop a server that runs. */
  stop: boolean;
  /** With a safety copy: the last that is done while the old server may still take writes. */
  beforeStop?: () => Promise<void>;
}

/** The former data folder of a database, beside the one that was restored. */
export interface Replaced {
  component: Component;
  place: RunStep;
}

/**
 * Restores beside the data folder while the old server still runs, and then swaps the two: the undo
 * swaps them back. Without a safety copy, the set is written over a server that is stopped.
 */
export async function restoreDatabaseInPlace<Spec>(
  run: BackupsRun<Spec>,
  plan: RestorePlan,
  spec: InPlaceChoice,
): Promise<Replaced | undefined> {
  const { component } = plan.store;
  const { name } = component;
  const { safetyCopy } = spec;
  const acts = run.place(component);
  const place = plan.store.nextStep();
  const before = await examine(run, plan, spec);
  run.undo.arm(
    `put ${name} back as it was`,
    'putDatabaseBack',
    ...([component, place, before.running] as const),
  );
  const stop = () =>
    takeStep(run, `stop ${name}`, async ({ prove }) => {
      const { wasRunning } = await acts.stop();
      const value = wasRunning ? 'stopped' : 'did not run';
      prove({ what: name, source: component.agent, value });
    });
  if (!safetyCopy) await stop();
  const into: RestoreInto = { kind: safetyCopy ? 'next' : 'place' };
  const restored = await restore(run, plan, { into, place });
  if (safetyCopy) {
    await spec.beforeStop?.();
    await stop();
    await takeStep(run, `swap the data folder of ${name}`, async ({ prove }) => {
      const { folder } = await acts.swapIn(place);
      prove({ what: 'the former data folder', source: component.agent, value: folder });
    });
  }
  await takeStep(run, `start ${name}`, () => acts.start());
  await takeStep(run, `recover ${name} in place`, async ({ prove }) => {
    const server = await acts.untilServing(restored.reaches);
    const { agent } = component;
    prove({ what: name, source: agent, value: describeServer(server) });
    const wrong = judgeRecovered(before, server, plan.target);
    if (wrong.length > 0) throw failed(`${name} is not what was asked for: ${wrong.join('; ')}`);
    const { at } = await plan.store.writeMark(markNonce(run.id, `${name}/in-place`));
    prove({
      what: 'a row was written',
      source: agent,
      value: `${at.lsn}, timeline ${at.timeline}`,
    });
  });
  return safetyCopy ? { component, place } : undefined;
}

/** Again, since people may have taken long to approve. */
async function examine<Spec>(
  run: BackupsRun<Spec>,
  { store, bytes }: RestorePlan,
  { safetyCopy, stop }: InPlaceChoice,
): Promise<PlaceFacts> {
  const { name, agent } = store.component;
  return takeStep(run, `examine the place of ${name}`, async ({ prove }) => {
    const facts = await run.place(store.component).examine(bytes, safetyCopy);
    const problems = judgePlaceFacts(facts, { stop });
    if (problems.length > 0) {
      throw ApplicationFailure.nonRetryable(
        problems.map((problem) => `${name}: ${problem}`).join('; '),
        failureTypes.targetRefused,
      );
    }
    const timeline = facts.timeline === undefined ? '' : `, timeline ${facts.timeline}`;
    prove({
      what: name,
      source: agent,
      value: `${facts.running ? 'runs' : 'is stopped'}${timeline}`,
    });
    facts.remarks.forEach((remark) => run.note(`${name}: ${remark}`));
    return facts;
  });
}

async function restore<Spec>(
  run: BackupsRun<Spec>,
  { store, repository, label, target }: RestorePlan,
  { into, place }: { into: RestoreInto; place: RunStep },
) {
  const { name } = store.component;
  const where = into.kind === 'next' ? 'beside its data folder' : 'over its data folder';
  return takeStep(run, `restore ${name} ${where}`, async ({ prove }) => {
    const order = { act: place, repository, label, target, into, keepForMs: 0 };
    const restored = await store.restoreSet(order);
    prove({ what: restored.folder, source: repository, value: shortLabel(label) });
    return restored;
  });
}

/** Nothing needs the former data folder any more: its agent removes it after a while. */
export async function keepReplaced<Spec>(
  run: BackupsRun<Spec>,
  replaced: readonly Replaced[],
): Promise<void> {
  const untilMs = Date.now() + run.plan.restore.keepForMs;
  for (const { component, place } of replaced) {
    const { name, agent } = component;
    const tried = await tryStep(run, `keep what ${name} was before`, async ({ prove }) => {
      const { folder } = await run.place(component).keepReplaced(place, untilMs);
      prove({ what: 'the former data folder', source: agent, value: folder });
      return folder;
    });
    run.note(
      tried.ok
        ? `${name}: what was there before is in ${tried.value} on ${agent}, and is removed then`
        : `${name}: what was there before stays beside its data folder: ${tried.reason}`,
    );
  }
}

/** The undo: from wherever the restore got to, to the server as it was. */
export async function putDatabaseBack<Spec>(
  run: BackupsRun<Spec>,
  { component, place }: Replaced,
  wasRunning: boolean,
): Promise<void> {
  const acts = run.place(component);
  const { isReplaced } = await acts.read(place);
  if (isReplaced) await acts.stop();
  const { isStartable } = await acts.putBack(place);
  if (!isStartable) {
    run.note(
      `${component.name}: what is in place cannot be started, and there is no safety copy: restore again`,
    );
  } else if (wasRunning) {
    await acts.start();
    await acts.untilServing();
  }
}

function failed(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.notReady);
}
