import { together } from '../together.ts';

/**
 * Acts of a run on one agent come one after the other, since an act that overtakes another makes it
 * stale; those on several agents go on side by side.
 */
export async function byAgent<Item>(
  items: readonly Item[],
  agentOf: (item: Item) => string,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const agents = [...new Set(items.map(agentOf))];
  await together(
    agents.map(async (agent) => {
      for (const item of items.filter((each) => agentOf(each) === agent)) await act(item);
    }),
  );
}
