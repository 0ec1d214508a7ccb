import { shortLabel } from '../../../src/render/backups/short-label.ts';
import type { RestoredComponent } from '../../../src/contracts/backups/details.ts';
import {
  copyName,
  type RestoredCopy,
  type RestoreInto,
  type RestoreTarget,
} from '../../../src/contracts/backups/store.ts';
import type { RunStep } from '../../../src/contracts/kernel/agent.ts';
import { formatBytes } from '../../../src/render/backups/bytes.ts';
import { describeTarget } from '../../../src/render/backups/describe-set.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { BackupsRun } from './backups-run.ts';
import type { StoreActs } from './store-acts.ts';

/** A set, and what is to be made of it. */
export interface RestorePlan {
  store: StoreActs;
  repository: string;
  label: string;
  target: RestoreTarget;
  /** Of the set, once it is restored. */
  bytes: number;
  keepForMs: number;
  /** Names the copy; absent: the next step of the run. */
  act?: RunStep;
}

const beside: RestoreInto = { kind: 'copy' };

/** Beside the source. Its undo is armed before it, and the host removes it when its time is over. */
export async function restoreCopy<Spec>(
  run: BackupsRun<Spec>,
  { store, repository, label, target, keepForMs, act = store.nextStep() }: RestorePlan,
): Promise<RestoredCopy> {
  const { agent, component } = store;
  return takeStep(run, `restore ${component.name} beside`, async ({ prove }) => {
    run.undo.arm(
      `remove ${copyName(act)} from ${agent}`,
      'removeCopy',
      ...([agent, component, copyName(act)] as const),
    );
    const restored = await store.restoreSet({
      ...{ act, repository, label, target, keepForMs },
      into: beside,
    });
    const { folder, bytes, startedAtMs, endedAtMs, remarks = [] } = restored;
    const took = `${formatBytes(bytes)} in ${formatDuration(endedAtMs - startedAtMs)}`;
    const value = `${shortLabel(label)} up to ${describeTarget(target)}: ${took}`;
    prove({ what: folder, source: repository, value });
    remarks.forEach((remark) => run.note(`${component.name}: ${remark}`));
    return restored;
  });
}

/** What the report says of a component that was restored. */
export function restoredComponent(
  { store, repository, label, target }: RestorePlan,
  seen: Pick<RestoredComponent, 'bytes' | 'assertions'> & { folder: string },
): RestoredComponent {
  const { agent, component } = store;
  return { component: component.name, agent, repository, label, target, ...seen };
}
