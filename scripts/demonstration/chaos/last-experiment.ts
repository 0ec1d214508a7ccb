import { setTimeout as sleep } from 'node:timers/promises';
import type { ExperimentDetails } from '../../../src/contracts/chaos/details.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import { expectThat } from '../expectation.ts';
import type { Machine } from '../machine.ts';
import { narrate } from '../narration.ts';

type ExperimentReport = RunReport<ExperimentDetails>;

/** What the ledger has of the last run of an experiment, once it has ended. */
export async function untilReport(
  machine: Machine,
  experiment: string,
  withinMs = 60_000,
): Promise<ExperimentReport> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const { output } = await machine.belay(
      ['history', `demo/${experiment}`, '--kind', 'chaosExperiment', '--limit', '1', '--json'],
      { quietly: true },
    );
    const [report] = JSON.parse(output) as ExperimentReport[];
    if (report !== undefined) return report;
    expectThat(Date.now() < deadline, `${experiment} ended`);
    await sleep(500);
  }
}

/** Who saw the fault, and who saw it gone. */
export function narrateEvidence({ steps }: ExperimentReport): void {
  for (const step of steps ?? []) {
    if (!/^(inject|remove)/i.test(step.name)) continue;
    for (const { what, source, value } of step.evidence) {
      narrate.result(`${step.name}: ${what} by ${source}: ${value}`);
    }
  }
}
