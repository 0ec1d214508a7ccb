import type { Client } from '@temporalio/client';
import { describeRun } from '../../adapters/temporal/describe-run.ts';
import { listedRun, listRuns } from '../../adapters/temporal/list-runs.ts';
import { searchAttributeNames } from '../../contracts/kernel/search-attributes.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { runsQuery } from '../../kinds/list-query.ts';
import { parseWorkflowId, workflowIdOf, type Lock } from '../../kinds/locks.ts';
import { familiesOf, locksOf } from '../../kinds/select-kinds.ts';
import type { Connections } from '../connections.ts';
import { chooseRun, type KnownRun, type TypedRun } from './run-name.ts';

const mostPastRuns = 500;

/**
 * Fills in what was left out, from the open and the past runs of these kinds: as Temporal remembers
 * them, and as the ledger does. Nothing is looked up where only one run can be meant.
 */
export async function findRun(
  typed: TypedRun,
  kinds: readonly AnyKind[],
  to: Connections,
): Promise<Lock> {
  const [onlyLock, ...otherLocks] = locksOf(kinds);
  const lock = typed.lock ?? (otherLocks.length === 0 ? onlyLock : undefined);
  const { environment, name } = typed;
  if (lock !== undefined && environment !== undefined) return { lock, environment, name };
  const [run, reported] = await Promise.allSettled([
    to
      .temporal()
      .then((client) =>
        environment === undefined
          ? listKnown(client, name, kinds)
          : describeKnown(client, { environment, name }, kinds),
      ),
    readReported(typed, kinds, to),
  ]);
  const known = [...answer(run), ...answer(reported)];
  if (known.length === 0 && run.status === 'rejected') throw run.reason;
  return chooseRun(typed, known, nounFor(kinds));
}

/** Without the environment only a list can tell: it lags. */
async function listKnown(
  client: Client,
  name: string,
  kinds: readonly AnyKind[],
): Promise<KnownRun[]> {
  const query = runsQuery(kinds, `${searchAttributeNames.service} = '${name}'`);
  const known = new Map<string, KnownRun>();
  let runs = 0;
  for await (const { workflowId, kind } of listRuns(client, query)) {
    const lock = parseWorkflowId(workflowId);
    if (lock !== undefined && !known.has(workflowId)) known.set(workflowId, { ...lock, kind });
    if (++runs === mostPastRuns) break;
  }
  return [...known.values()];
}

async function describeKnown(
  client: Client,
  subject: { environment: string; name: string },
  kinds: readonly AnyKind[],
): Promise<KnownRun[]> {
  const found = await Promise.all(
    locksOf(kinds).map(async (lock) => {
      const run = await describeRun(client, workflowIdOf({ lock }, subject));
      return run === undefined ? [] : [{ ...subject, lock, kind: listedRun(run).kind }];
    }),
  );
  return found.flat();
}

async function readReported(
  { name, environment }: TypedRun,
  kinds: readonly AnyKind[],
  { ledger }: Connections,
): Promise<KnownRun[]> {
  const filter = { name, each: 1, ...(environment !== undefined && { environment }) };
  const reports = await Promise.all(
    familiesOf(kinds).map((family) => ledger.list({ ...filter, family })),
  );
  return reports.flat().flatMap(({ workflowId, kind }) => {
    const lock = parseWorkflowId(workflowId);
    return lock !== undefined && locksOf(kinds).includes(lock.lock) ? [{ ...lock, kind }] : [];
  });
}

function answer(settled: PromiseSettledResult<KnownRun[]>): KnownRun[] {
  return settled.status === 'fulfilled' ? settled.value : [];
}

/** People who have rollouts alone read of rollouts. */
function nounFor(kinds: readonly AnyKind[]): 'rollout' | 'run' {
  const [only, ...others] = familiesOf(kinds);
  return only === 'rollouts' && others.length === 0 ? 'rollout' : 'run';
}
