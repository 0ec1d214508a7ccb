import { isCancellation } from '@temporalio/workflow';
import type { SqlAnswer, SqlParameter } from '../../../../../src/contracts/recovery/sql.ts';
import type { PartCheck } from '../../../../../src/contracts/recovery/playbooks/activities.ts';
import { shorten } from '../../../../../src/policies/kernel/notifications/bounded-text.ts';
import { reasonOf } from '../../../../kernel/reason-of.ts';
import type { ActionPerformer, Order, ProbePerformer } from '../performer.ts';
import type { PlaybookRun } from '../playbook-run.ts';
import { createSqlActs } from '../sql-acts.ts';

const longestShown = 1_000;

export const sqlExecute: ActionPerformer = {
  check: (run, order) => examine(run, order, true),
  perform: async (run, order) => {
    const { inputs, title, undoes } = order;
    const { acts, asked, source } = readOrder(run, order);
    const answer = await acts.execute({
      ...{ ...asked, about: undoes ?? title },
      ...{ least: Number(inputs['least']), most: Number(inputs['most']) },
    });
    return { outputs: outputsOf(answer), seen: [seenOf(source, answer)] };
  },
};

export const sqlQuery: ProbePerformer = {
  check: (run, order) => examine(run, order, false),
  ask: async (run, order) => {
    const { acts, asked, source } = readOrder(run, order);
    const answer = await acts.query(asked);
    const outputs = outputsOf(answer);
    const { equals } = order.inputs;
    const passed = equals === undefined ? answer.count > 0 : isEqual(outputs.value, equals);
    return { passed, outputs, seen: [seenOf(source, answer)] };
  },
};

async function examine<Spec>(
  run: PlaybookRun<Spec>,
  order: Order,
  changes: boolean,
): Promise<PartCheck> {
  const { acts, asked, source } = readOrder(run, order);
  try {
    const { detail, problems } = await acts.examine(asked, changes);
    return { problems: [...problems], seen: [{ what: 'database', source, value: detail }] };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { problems: [reasonOf(error)], seen: [] };
  }
}

function readOrder<Spec>(run: PlaybookRun<Spec>, { inputs }: Order) {
  const agent = String(inputs['agent']);
  const cluster = String(inputs['cluster']);
  const timeoutMs = Number(inputs['timeout']);
  const { database } = inputs;
  return {
    acts: createSqlActs(agent, run.fencing, timeoutMs),
    asked: {
      ...{ cluster, statement: String(inputs['statement']), timeoutMs },
      parameters: inputs['parameters'] as SqlParameter[],
      ...(typeof database === 'string' && { database }),
    },
    source: `${agent}/${cluster}`,
  };
}

/** `value`: of the first column of the first row. */
function outputsOf({ rows, count, isCut }: SqlAnswer) {
  return { rows, count, cut: isCut, value: Object.values(rows[0] ?? {})[0] ?? null };
}

function seenOf(source: string, { rows, count, isCut }: SqlAnswer) {
  const shown = rows.length === 0 ? '' : `: ${rows.map((row) => JSON.stringify(row)).join(', ')}`;
  const value = `${count === 1 ? '1 row' : `${count} rows`}${isCut ? ', not all shown' : ''}${shown}`;
  return { what: 'answer', source, value: shorten(value, longestShown) };
}

function isEqual(value: unknown, wanted: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(wanted);
}
