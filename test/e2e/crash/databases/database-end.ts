import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import type { DatabaseDetails } from '../../../../src/contracts/recovery/database-details.ts';
import { eventually } from '../../../fixtures/eventually.ts';
import { refuseLostRows } from '../../../fixtures/lost-rows.ts';
import type { NodeWriters } from '../../../fixtures/node-writers.ts';
import type { RunEnd } from '../struck-end.ts';
import { untilNone } from '../until-none.ts';
import type { DatabaseScenario, Roles } from './database-scenarios.ts';
import { resultOf } from '../run-story.ts';
import type { DatabaseSite } from './database-site.ts';

export interface DatabaseEnd extends RunEnd {
  done: {
    steps: string[];
    undo: string[];
    people: string[];
    missing: number;
    primary: string;
    services: object;
  };
}

interface Ended {
  report: RunReport;
  roles: Roles;
  writers: NodeWriters | undefined;
  nextId: number;
}

const soundWithinMs = 60_000;

export async function readDatabaseEnd(
  site: DatabaseSite,
  scenario: DatabaseScenario,
  { report, roles, writers, nextId }: Ended,
): Promise<DatabaseEnd> {
  const wrong: string[] = [];
  const found = await site.untilSound(soundWithinMs).catch((error: unknown) => {
    wrong.push(`there is no redundancy: ${String(error)}`);
    return undefined;
  });
  const primary = found ?? (await site.primary());
  if (primary !== roles[scenario.leads]) {
    wrong.push(`${primary?.name ?? 'nobody'} is the primary`);
  }
  await eventually(() => site.writeAsClient(nextId), 10_000).catch((error: unknown) => {
    wrong.push(`clients cannot write: ${String(error)}`);
  });
  wrong.push(...(await othersThatTakeWrites(site, primary?.name, nextId + 1)));
  wrong.push(...(await untilNone(() => site.leftovers())));
  if (writers) {
    const split = writers.splits().map(({ node, id }) => `${node} took ${id} beside another node`);
    wrong.push(...split.slice(0, 3));
    const why = refuseLostRows(await lostOf(site, writers), await expectedLoss(site, report));
    if (why !== undefined) wrong.push(why);
  }
  return {
    ...{ outcome: report.outcome, reason: report.reason },
    done: {
      steps: namesOf(report.steps ?? [], scenario, roles),
      undo: namesOf(report.undo, scenario, roles),
      people: report.people.map(({ verb }) => verb),
      missing: report.notes.filter((note) => note.includes('given up')).length,
      primary: scenario.leads,
      services: site.clusters?.read() ?? {},
    },
    wrong,
  };
}

async function othersThatTakeWrites(
  site: DatabaseSite,
  primary: string | undefined,
  id: number,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const [index, node] of site.nodes.entries()) {
    if (node.name === primary) continue;
    const insert = `SET default_transaction_read_only = off; INSERT INTO marks VALUES (${id + index})`;
    const isWritten = await node.sql(insert).then(
      () => true,
      () => false,
    );
    if (isWritten) wrong.push(`${node.name} takes writes, too`);
  }
  return wrong;
}

async function lostOf(site: DatabaseSite, { acknowledged }: NodeWriters): Promise<number> {
  const primary = await site.primary();
  const rows = (await primary?.sql<{ id: string }>('SELECT id FROM marks')) ?? [];
  const stored = new Set(rows.map(({ id }) => Number(id)));
  return acknowledged.filter(({ id }) => !stored.has(id)).length;
}

/** Of the failover that a watch has started, where that is what ran. */
async function expectedLoss(
  site: DatabaseSite,
  report: RunReport,
): Promise<DatabaseDetails['loss']> {
  if (report.kind !== 'databaseWatch') return (report.details as DatabaseDetails).loss;
  const failover = await resultOf(site.run('failover'), 'failover of the watch');
  const isOfThisWatch = failover.startedAtMs >= report.startedAtMs;
  return isOfThisWatch ? (failover.details as DatabaseDetails).loss : undefined;
}

/** Clients of a router whose agent does not say where it leads are not cut, only led. */
const mayBeSkipped = 'cut clients off';

/** A watch looks as often as it has to. */
function namesOf(
  steps: readonly { name: string; state: string }[],
  { kind }: DatabaseScenario,
  { former, next }: Roles,
): string[] {
  const always = steps.filter(({ name }) => name !== mayBeSkipped);
  const named = always.map(({ name, state }) => {
    const words = name
      .split(' ')
      .map((word) => (word === former.name ? 'former' : word === next.name ? 'next' : word));
    return `${words.join(' ').replace(/\bn\d\b/g, 'other')}: ${state}`;
  });
  if (kind !== 'databaseWatch') return named;
  return named.filter((name) => name.startsWith('fail over'));
}
