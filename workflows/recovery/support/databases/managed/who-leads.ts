import { agreeOnManager } from '../../../../../src/policies/recovery/databases/managed/seen-manager.ts';
import { describeNode } from '../../../../../src/policies/recovery/databases/seen-node.ts';
import type { DatabaseNode } from '../../../../../src/specs/recovery/database-node.ts';
import type { DatabaseRun } from '../database-run.ts';
import { askNodes } from '../examine-nodes.ts';
import { askManagers } from './examine-manager.ts';

export type WhoLeads =
  | { is: 'another'; leader: string }
  /** The hosts agree on it, and its own server takes writes. */
  | { is: 'the-former' }
  | { is: 'unclear'; why: string };

/** Who leads now, after another member than `former` was to. */
export async function seeWhoLeads<Spec>(
  run: DatabaseRun<Spec>,
  former: DatabaseNode,
): Promise<WhoLeads> {
  const agreed = agreeOnManager(await askManagers(run));
  if (!agreed.ok) return { is: 'unclear', why: agreed.why };
  const { leader } = agreed.facts;
  if (leader === undefined) return { is: 'unclear', why: 'nobody leads' };
  if (leader !== former.name) return { is: 'another', leader };
  // A leader that is being stopped keeps its lock until its server has ended.
  const [seen] = await askNodes(run, [former]);
  if (seen?.facts?.state === 'primary') return { is: 'the-former' };
  const said = seen === undefined ? 'nothing' : describeNode(seen);
  return { is: 'unclear', why: `${leader} leads by Patroni, and its host says: ${said}` };
}
