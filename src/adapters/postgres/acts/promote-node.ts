import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type {
  NodeFacts,
  PromoteNodeCall,
  Promotion,
} from '../../../contracts/recovery/database-node.ts';
import { parseLsn } from '../../pgbackrest/wal/segments.ts';
import { examineNode } from '../facts/examine-node.ts';
import { readServerState, timelineOf } from '../facts/server-state.ts';
import type { DatabaseNode } from '../node.ts';
import { findArchivedTimeline } from './archived-timelines.ts';
import { readPromotion } from './read-promotion.ts';

const promoteWithinMs = 60_000;

/** Makes a standby the primary of a timeline of its own. Throws AgentError with every reason against it. */
export async function promoteNode(
  node: DatabaseNode,
  call: PromoteNodeCall,
  attempt: Attempt,
): Promise<Promotion> {
  const facts = await examineNode(node);
  if (facts.state === 'primary') return readEarlierPromotion(node, call, facts);
  if (facts.state === 'unknown') {
    // An earlier attempt may have told it to promote.
    throw new AgentError(
      'unfinished',
      `nobody can say what ${node.settings.name} is: ${facts.detail}`,
    );
  }
  const reasons = [...judge(call, facts), ...(await judgeTimeline(node, facts, attempt))];
  if (reasons.length > 0) {
    throw new AgentError(
      'refused',
      [`${node.settings.name} is not promoted:`, ...reasons.map((reason) => `  ${reason}`)].join(
        '\n',
      ),
    );
  }
  const [row] = await node.tell(promoteWithinMs, (session) =>
    session.query<{ promoted: boolean }>('SELECT pg_promote(true, 55) AS promoted'),
  );
  if (row?.promoted !== true) {
    throw new AgentError(
      'unfinished',
      `${node.settings.name} was told to promote, and did not within 55 s: the promotion is pending`,
    );
  }
  return readPromotion(node, (await readPrimary(node)).timeline);
}

function judge({ fence, expected, cluster }: PromoteNodeCall, facts: NodeFacts): string[] {
  if (facts.state !== 'standby') return [`it is no standby: ${facts.state}, ${facts.detail}`];
  const { systemIdentifier, timeline = 0, receivedLsn = '0/0' } = facts;
  const reasons: string[] = [];
  if (fence.systemIdentifier !== expected.systemIdentifier) {
    reasons.push(
      `what was fenced is database ${fence.systemIdentifier}, and ${expected.systemIdentifier} is to be promoted`,
    );
  }
  if (systemIdentifier !== expected.systemIdentifier) {
    reasons.push(
      `cluster ${cluster} is database ${systemIdentifier}, not ${expected.systemIdentifier}: it follows another primary`,
    );
  }
  if (timeline !== expected.timeline) {
    reasons.push(`it is on timeline ${timeline}, not ${expected.timeline}`);
  }
  if (isBefore(receivedLsn, expected.receivedLsn)) {
    reasons.push(`it has received the log up to ${receivedLsn}, not up to ${expected.receivedLsn}`);
  }
  return reasons;
}

/** An archive takes no second segment of a name: log of two timelines with one number is lost. */
async function judgeTimeline(
  node: DatabaseNode,
  { timeline = 0 }: NodeFacts,
  attempt: Attempt,
): Promise<string[]> {
  const names = await readdir(join(node.dataFolder, 'pg_wal')).catch(() => []);
  const known = names
    .map((name) => /^([0-9A-F]{8})\.history$/.exec(name)?.[1])
    .map((hex) => (hex === undefined ? 0 : Number.parseInt(hex, 16)));
  const next = Math.max(timeline, ...known) + 1;
  const found = await findArchivedTimeline(node, next, attempt);
  if (found === undefined) return [];
  return [
    `timeline ${next} is in repository ${found} already, from an earlier promotion that this standby does not know: set its restore_command, so that PostgreSQL takes a number that is free`,
  ];
}

/** The same act once more, after the agent died on its way. */
async function readEarlierPromotion(
  node: DatabaseNode,
  { expected, act }: PromoteNodeCall,
  facts: NodeFacts,
): Promise<Promotion> {
  const { timeline = 0, systemIdentifier } = facts;
  const promotion = await readPromotion(node, timeline).catch(() => undefined);
  // Not by where it forked: that lies before a last record of which only a part was received.
  const isOurs =
    promotion !== undefined &&
    systemIdentifier === expected.systemIdentifier &&
    promotion.from === expected.timeline;
  if (isOurs) return { timeline, lsn: promotion.lsn, atMs: promotion.atMs };
  throw new AgentError(
    'refused',
    `${node.settings.name} is a primary already, on timeline ${timeline}, and not by step ${act.step} of this run`,
  );
}

async function readPrimary(node: DatabaseNode): Promise<{ timeline: number }> {
  const state = await node.tell(promoteWithinMs, readServerState);
  if (!state.standby) return { timeline: timelineOf(state) };
  throw new AgentError(
    'unfinished',
    `${node.settings.name} was told to promote, and is a standby still`,
  );
}

function isBefore(lsn: string, other: string): boolean {
  return (parseLsn(lsn) ?? 0n) < (parseLsn(other) ?? 0n);
}
