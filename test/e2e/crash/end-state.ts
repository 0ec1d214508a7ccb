import type { RolloutReport } from '../../../src/contracts/rollouts/report.ts';
import type { Stand } from './stand.ts';
import { listReports } from '../../../src/contracts/rollouts/list-reports.ts';

/** What a rollout leaves behind, without what differs between any two runs: times, IDs, counts of traffic. */
export interface EndState {
  outcome: string;
  rollouts: object[];
  stable: object;
  leftover: object;
  acts: object;
  failedRequests: number;
}

export async function readEndState(stand: Stand, result: RolloutReport): Promise<EndState> {
  const { ledger } = stand.world;
  const reports = await listReports(ledger, {
    service: stand.ref.service,
    environment: stand.ref.environment,
  });
  return {
    outcome: result.outcome,
    rollouts: reports.reverse().map((report) => summarize(report, stand.name)),
    ...(await stand.site.readEnd(stand)),
    failedRequests: stand.failedRequests,
  };
}

/** Every place where two end states differ, in words. */
export function differences(expected: object, actual: object): string[] {
  const [before, after] = [leaves(expected), leaves(actual)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .map(
      (path) => `${path} is ${after.get(path) ?? 'absent'}, not ${before.get(path) ?? 'absent'}`,
    );
}

function summarize(report: RolloutReport, service: string): object {
  const { outcome, reason, notes, people } = report;
  const { version, previousVersion, stages } = report.details;
  const undo = report.undo.map((undone) => ({
    ...undone,
    name: undone.name.replace(service, 'it'),
  }));
  return {
    ...{ version, previousVersion, outcome, reason, notes, undo },
    stages: stages.map(({ weight, state, verdict, note, approvedBy }) => ({
      ...{ weight, state, verdict: verdict?.kind, note, approvedBy },
    })),
    people: people.map(({ verb, by, why, ignored }) => ({ verb, by, why, ignored })),
  };
}

function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      leaves(inner, path === '' ? key : `${path}.${key}`, found);
    }
  } else if (value !== undefined) {
    found.set(path, JSON.stringify(value));
  }
  return found;
}
