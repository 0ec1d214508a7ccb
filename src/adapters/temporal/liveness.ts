import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { bulkhead } from 'cockatiel';
import { isOpen, runsQuery } from '../../kinds/list-query.ts';
import { kinds } from '../../kinds/registry.ts';

/** Whether the newest run of a workflow ID is open. */
export type IsRunning = (workflowId: string) => Promise<boolean>;

/** Puts a question to Temporal, unless it is known not to answer. */
type Ask = <T>(question: () => Promise<T>) => Promise<T>;

/** Whoever asks about a thousand runs at once holds up everybody else for seconds. */
const askedAtOnce = 4;
const answerWithinMs = 20_000;
const listPageSize = 1_000;
/** Each of the runs that are listed is asked about in one of so many sweeps. */
const sweepsPerTurn = 3;

/**
 * One `IsRunning` for each sweep over everything that runs have left. A run that is listed as open is
 * asked about by its ID only in every third sweep, since lists lag; any other one in every sweep, and
 * beside those: it may be over, and has left something. Each question is answered within its time once it is put.
 */
export function createLiveness(client: Client, ask: Ask): () => IsRunning {
  const ofListed = bulkhead(askedAtOnce, Infinity);
  const ofOthers = bulkhead(askedAtOnce, Infinity);
  const inTime: Ask = (question) =>
    ask(() => client.withDeadline(Date.now() + answerWithinMs, question));
  let sweeps = 0;
  return () => {
    const turn = sweeps++ % sweepsPerTurn;
    let listing: Promise<ReadonlySet<string>> | undefined;
    return async (workflowId) => {
      listing ??= listOpenIds(client, inTime).catch(() => new Set());
      const isListed = (await listing).has(workflowId);
      if (isListed && turnOf(workflowId) !== turn) return true;
      const queue = isListed ? ofListed : ofOthers;
      return queue.execute(() => inTime(() => isRunning(client, workflowId)));
    };
  };
}

/** Asks the server by ID: its list lags. */
export async function isRunning(client: Client, workflowId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId).describe();
    return status.name === 'RUNNING' || status.name === 'PAUSED';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** However many there are: each page has a time of its own. */
async function listOpenIds(client: Client, inTime: Ask): Promise<ReadonlySet<string>> {
  const listed = new Set<string>();
  const query = runsQuery(kinds, isOpen);
  const runs = client.workflow.list({ query, pageSize: listPageSize })[Symbol.asyncIterator]();
  for (;;) {
    const next = await inTime(() => runs.next());
    if (next.done === true) return listed;
    listed.add(next.value.workflowId);
  }
}

function turnOf(workflowId: string): number {
  let sum = 0;
  for (const character of workflowId) sum += character.charCodeAt(0);
  return sum % sweepsPerTurn;
}
