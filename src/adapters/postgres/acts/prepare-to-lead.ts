import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { NodeFacts } from '../../../contracts/recovery/database-node.ts';
import { examineNode } from '../facts/examine-node.ts';
import type { DatabaseNode } from '../node.ts';
import type { Session } from '../sql/session.ts';

const withinMs = 120_000;

/** Slots that keep the log for those that will follow; the checkpoint writes the timeline to the control file. */
export async function prepareToLead(
  node: DatabaseNode,
  slots: readonly string[],
): Promise<NodeFacts> {
  const wrong = slots.filter((slot) => !isSlot(slot));
  if (wrong.length > 0) {
    throw new AgentError(
      'refused',
      `not names of slots: ${wrong.map((slot) => JSON.stringify(slot)).join(', ')}`,
    );
  }
  await node.tell(withinMs, async (session) => {
    for (const slot of slots) await createSlot(session, slot);
    await session.query('CHECKPOINT');
  });
  return examineNode(node);
}

/** Keeps the log from now on, not only once it is used. */
export async function createSlot(session: Session, slot: string): Promise<void> {
  await session.query(
    `SELECT pg_create_physical_replication_slot($1::name, true)
     WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1::name)`,
    [slot],
  );
}

export function isSlot(name: unknown): name is string {
  return typeof name === 'string' && /^[a-z0-9_]{1,63}$/.test(name);
}
