import { ApplicationFailure } from '@temporalio/workflow';
import type {
  SearchCosts,
  SearchedPass,
  SeenStates,
} from '../../../src/contracts/backups/search.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { endOfSearch, type SearchEnd } from '../../../src/policies/backups/search/plan-stops.ts';
import type { SearchedCopy } from './searched-copy.ts';

/** Copies cannot be searched like this; a fresh one is there. */
interface GivenUp {
  kind: 'given-up';
  /** What was seen before. */
  seen: SeenStates;
}

/** Asks a copy on its way forward, and goes back on the same one to look closer. */
export async function lookOnTheWay(copy: SearchedCopy): Promise<SearchEnd | GivenUp> {
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
      // What another agent has begun to search is too far for it.
      if (pass > 1) await copy.restoreAgain('the one before it was searched by a later version');
      return { kind: 'given-up', seen };
    }
    costs = looked.costs;
    const narrowed = narrow(seen, looked);
    const isNarrower = narrowed.good !== seen.good || narrowed.bad !== seen.bad;
    seen = narrowed;
    if (looked.unable !== undefined || (!isNarrower && isNew)) {
      const known = endOfSearch(commits, seen);
      if (known !== undefined) return known;
      const why = looked.unable ?? looked.spent ?? 'it does not get on';
      await copy.restoreAgain(`the one before it was not searched by its agent: ${why}`);
      return { kind: 'given-up', seen };
    }
    isNew = false;
    if (looked.spent === undefined && isNarrower) continue;
    await copy.restoreAgain(`of the one before it, ${looked.spent ?? 'nothing more was seen'}`);
    // To go back has cost a restore, and may again.
    costs = { ...looked.costs, backMs: Math.max(looked.costs.backMs, copy.restoreMs) };
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
