import { listScheduleIds } from '../../adapters/temporal/schedules.ts';
import { listRuns } from '../../adapters/temporal/list-runs.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { commandName } from '../../kinds/command-name.ts';
import { isOpen, runsQuery } from '../../kinds/list-query.ts';
import { parseWorkflowId } from '../../kinds/locks.ts';
import { rolloutKinds, rolloutLock } from '../../kinds/rollouts.ts';
import { kindsWithVerb, verbsOf } from '../../kinds/verbs.ts';
import type { Connections } from '../connections.ts';
import { shortName } from '../runs/run-name.ts';

export const completedNames = ['runs', 'rollouts', 'schedules'] as const;
export type CompletedNames = (typeof completedNames)[number];

/** Shells expand what they are offered: a name that anybody could have written must not be a command. */
const harmless = /^[A-Za-z0-9/_-]+$/;

/** The names that a command may be given now: of open runs that take its verb, if it is one. */
export async function completeNames(
  what: CompletedNames,
  command: string | undefined,
  kinds: readonly AnyKind[],
  to: Connections,
): Promise<string[]> {
  const names = await listNames(what, command, kinds, to);
  return names.filter((name) => harmless.test(name));
}

async function listNames(
  what: CompletedNames,
  command: string | undefined,
  kinds: readonly AnyKind[],
  to: Connections,
): Promise<string[]> {
  const client = await to.temporal();
  if (what === 'schedules') return listScheduleIds(client);
  const verb = verbsOf(kinds).find((each) => commandName(each) === command);
  const able = verb === undefined ? kinds : kindsWithVerb(kinds, verb);
  const listed = what === 'rollouts' ? Object.values(rolloutKinds) : able;
  const names = new Set<string>();
  for await (const { workflowId } of listRuns(client, runsQuery(listed, isOpen))) {
    const run = parseWorkflowId(workflowId);
    if (run !== undefined) names.add(run.lock === rolloutLock ? shortName(run) : workflowId);
  }
  return [...names].sort();
}
