import { startLoad } from '../../scripts/load/load-client.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import { estimateActions } from '../../src/policies/rollouts/estimate-actions.ts';
import { changeControlWorkflowId } from '../../src/kinds/locks.ts';
import type { StageSpec } from '../../src/specs/rollouts/stage.ts';
import { countActions, type ActionCount } from '../measures/count-actions.ts';
import {
  actionsBetween,
  heartbeatsIn,
  readServerActions,
  totalOf,
  type ServerActions,
} from '../measures/server-actions.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';
import { firstRelease, inProcess, serviceNamed, startCanary } from '../system/services.ts';
import { withoutJanitor } from '../system/without-janitor.ts';
import { defaultCanary, defaultStages, heartbeatsOf, scaledStages } from './ladder.ts';

export interface CountFigures {
  blindTimeMs: number;
  /** The duration of all holds of this canary together. */
  holdsMs: number;
  inHistory: ActionCount;
  historyEvents: number;
  /** In the history of change control, which begins with this canary. */
  ofChangeControl: ActionCount;
  /** Counted by the server, and expected for these holds. */
  heartbeats: { counted: number; expected: number };
  total: number;
  /** The same, by the server's own count of Actions; nothing else ran at that time. */
  byServer: { total: number; kinds: ServerActions };
  /** For the default ladder: the Actions in its history, its permit, and the heartbeats of its longer holds. */
  defaultLadder: { heartbeats: number; total: number; estimated: number };
}

export interface CountedRun {
  blindTimeMs: number;
  holdsMs: number;
}

/** Enough that the canary has requests in every interval of a shortened hold at 5 %. */
const requestsPerSecond = 200;

/** Runs one default canary with scaled holds to its end, and counts every Action. */
export function countCanary(system: MeasuredSystem, run: CountedRun): Promise<CountFigures> {
  return withoutJanitor(system, async () => {
    const url = await firstRelease(system, service, inProcess('v1'));
    const load = startLoad({ url, ratePerSecond: requestsPerSecond, keepAlive: true });
    try {
      return await runAndCount(system, run);
    } finally {
      await load.stop();
    }
  });
}

const service = serviceNamed('counted');

async function runAndCount(
  system: MeasuredSystem,
  { blindTimeMs, holdsMs }: CountedRun,
): Promise<CountFigures> {
  const stages = scaledStages(holdsMs);
  const { client } = system;
  const read = async () => readServerActions(await system.metricsUrl(), client.options.namespace);
  const before = await read();
  const id = await startCanary(system, service, {
    release: inProcess('v2'),
    onInconclusive: 'abort',
    analysis: { judge: 'threshold' },
    stages: stages.map(({ weight, holdMs }) => ({ weight, hold: `${holdMs}ms` })),
  });
  const handle = client.workflow.getHandle(id);
  const { outcome, reason } = (await handle.result()) as RolloutReport;
  if (outcome !== 'Promoted') throw new Error(`the counted canary ended as ${outcome}: ${reason}`);
  const kinds = actionsBetween(before, await read());
  const history = await handle.fetchHistory();

  const inHistory = countActions(history);
  const control = client.workflow.getHandle(changeControlWorkflowId(service.environment));
  const ofChangeControl = countActions(await control.fetchHistory());
  const ofPermit = ofChangeControl.updates + ofChangeControl.signals;
  const counted = heartbeatsIn(kinds);
  const ofDefault = heartbeatsOf(holdsIn(defaultStages), blindTimeMs);
  return {
    blindTimeMs,
    holdsMs,
    inHistory,
    historyEvents: history.events?.length ?? 0,
    ofChangeControl,
    heartbeats: { counted, expected: heartbeatsOf(holdsIn(stages), blindTimeMs) },
    total: inHistory.total + ofChangeControl.total + counted,
    byServer: { total: totalOf(kinds), kinds },
    defaultLadder: {
      heartbeats: ofDefault,
      total: inHistory.total + ofPermit + ofDefault,
      estimated: estimateActions(defaultCanary, { blindTimeMs }),
    },
  };
}

function holdsIn(stages: StageSpec[]): number[] {
  return stages.map(({ holdMs }) => holdMs);
}
