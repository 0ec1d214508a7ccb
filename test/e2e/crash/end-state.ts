import { readdir, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { RolloutReport } from '../../../src/contracts/report.ts';
import { platformLayout } from '../../../src/local-platform/state/layout.ts';
import type { Stand } from './stand.ts';

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
  const { platform, ledger } = stand.world;
  const state = await platform.readService(stand.ref);
  const reports = await ledger.list(stand.ref);
  const { stable, canary, owner, revision, kept, canaryWeight } = state ?? {};
  return {
    outcome: result.outcome,
    rollouts: reports.reverse().map((report) => summarize(report, stand.name)),
    stable: {
      version: stable?.release.version,
      replicas: stable?.replicas.map(({ ready }) => (ready ? 'ready' : 'not ready')),
      processes: await processesOf(stand),
    },
    leftover: { canary: canary?.release.version, weight: canaryWeight, owner: owner?.workflowId },
    acts: {
      promotions: revision,
      kept: kept?.map(({ release }) => release.version),
      canariesStarted: await canariesStarted(stand),
    },
    failedRequests: stand.failedRequests,
  };
}

/** Every place where two end states differ, in words. */
export function differences(expected: EndState, actual: EndState): string[] {
  const [before, after] = [leaves(expected), leaves(actual)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .map(
      (path) => `${path} is ${after.get(path) ?? 'absent'}, not ${before.get(path) ?? 'absent'}`,
    );
}

function summarize(report: RolloutReport, service: string): object {
  const { version, previousVersion, outcome, reason, notes, stages, people } = report;
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

const record = z.object({ lastGeneration: z.number() });

/** The platform numbers the canaries it starts; the very first release is one as well. */
async function canariesStarted({ world, ref }: Stand): Promise<number> {
  const { service } = platformLayout(world.home);
  const file = service(ref.environment, ref.service).record;
  return record.parse(JSON.parse(await readFile(file, 'utf8'))).lastGeneration;
}

/** Replicas of this stand that are processes, whoever knows of them: by what their environment says. */
async function processesOf({ mark }: Stand): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc').catch(() => [])) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    const variables = environment.split('\0');
    const version = variables.find((variable) => variable.startsWith('VERSION='));
    if (variables.includes(`STAND=${mark}`) && version) found.push(version);
  }
  return found.sort();
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
