import { ApplicationFailure } from '@temporalio/workflow';
import type {
  SearchCosts,
  SearchedPass,
  SeenStates,
} from '../../../src/contracts/backups/search.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { endOfSearch, type SearchEnd } from '../../../src/policies/backups/search/plan-stops.ts';
import type { SearchedCopy } from './searched-copy.ts';

/**
 * Asks a copy on its way forward, and goes back on the same one to look closer. Undefined where copies
 * cannot be searched like this; another one is there then.
 */
export async function lookOnTheWay(copy: SearchedCopy): Promise<SearchEnd | undefined> {
  const { run, history } = copy;
  const { commits } = history;
  let seen: SeenStates = {};
  let costs: SearchCosts | undefined;
  let isNew = true;
  for (let pass = 1; ; pass += 1) {
    const end = endOfSearch(commits, seen);
    if (end !== undefined) return end;
    const looked = await tryPass(copy, seen, { pass, costs });
    if (looked === 'unknown') {
      run.note(`${copy.plan.store.agent} has an earlier version, which restores more copies`);
      return undefined;
    }
    costs = looked.costs;
    const narrowed = narrow(seen, looked);
    const isNarrower = narrowed.good !== seen.good || narrowed.bad !== seen.bad;
    seen = narrowed;
    if (looked.unable !== undefined || (!isNarrower && isNew)) {
      const why = looked.unable ?? looked.spent ?? 'it does not get on';
      await copy.restoreAgain(`the one before it was not searched by its agent: ${why}`);
      return undefined;
    }
    isNew = false;
    if (looked.spent === undefined && isNarrower) continue;
    await copy.restoreAgain(`of the one before it, ${looked.spent ?? 'nothing more was seen'}`);
    isNew = true;
  }
}

function narrow({ good, bad }: SeenStates, looked: SearchedPass): SeenStates {
  const [toGood, toBad] = [looked.good?.commits ?? good, looked.bad?.commits ?? bad];
  return {
    ...(toGood !== undefined && { good: toGood }),
    ...(toBad !== undefined && { bad: toBad }),
  };
}

async function tryPass(
  copy: SearchedCopy,
  seen: SeenStates,
  how: { pass: number; costs: SearchCosts | undefined },
): Promise<SearchedPass | 'unknown'> {
  try {
    return await copy.lookOnTheWay(seen, how);
  } catch (error) {
    const isOlder =
      error instanceof ApplicationFailure && error.type === failureTypes.agentContract;
    if (isOlder) return 'unknown';
    throw error;
  }
}
