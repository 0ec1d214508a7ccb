import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLedger } from '../../src/adapters/ledger/open-ledger.ts';
import { homeLayout } from '../../src/config/home.ts';
import { progress } from '../report/tell.ts';
import { BelayCommand, type BelayOrigin } from '../system/belay-command.ts';
import { fillMinutes, monitorOf } from './fill-minutes.ts';

export interface ReportFigures {
  objectives: number;
  days: number;
  megabytes: number;
  /** Of each time. */
  tookMs: number[];
}

const dayMs = 86_400_000;
const repetitions = 3;

/** How long `belay slo report` takes over so many days of so many objectives. */
export async function measureReport(
  origin: BelayOrigin,
  { objectives, days }: { objectives: number; days: number },
): Promise<ReportFigures> {
  const home = await mkdtemp(join(tmpdir(), 'belay-slo-report-'));
  try {
    const untilMs = Math.floor(Date.now() / dayMs) * dayMs;
    const fromMs = untilMs - days * dayMs;
    progress(`writing ${days} days of ${objectives} objectives`);
    await fillMinutes(home, objectives, { fromMs, untilMs });
    const ledger = openLedger({ home, ledger: { keepMs: Number.MAX_SAFE_INTEGER } });
    const { environment, ...spec } = monitorOf(objectives);
    await ledger.objectives.writeState({ environment, atMs: untilMs, standings: [], spec });
    await ledger.close();
    progress('reporting');
    const belay = new BelayCommand(origin, { BELAY_HOME: home });
    const [from, to] = [fromMs, untilMs].map((atMs) => new Date(atMs).toISOString().slice(0, 10));
    const args = ['slo', 'report', '-e', environment, '--from', from ?? '', '--to', to ?? ''];
    const tookMs: number[] = [];
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const beganAt = performance.now();
      const text = await belay.output([...args, '--format', 'json']);
      tookMs.push(performance.now() - beganAt);
      checkSums(text, { objectives, days });
    }
    const { size } = await stat(homeLayout(home).ledgerDatabase);
    return { objectives, days, megabytes: size / 1e6, tookMs };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

interface WrittenReport {
  objectives: { standing: { tally: { good: number; bad: number; noDataMs: number } } }[];
}

/** A report that is fast and wrong is no report. */
function checkSums(text: string, { objectives, days }: { objectives: number; days: number }): void {
  const [report] = JSON.parse(text) as WrittenReport[];
  const tallies = report?.objectives.map(({ standing }) => standing.tally) ?? [];
  const isRight = tallies.every(
    ({ good, bad, noDataMs }) =>
      good === 99 * 60 * 24 * days && bad === 24 * days && noDataMs === 0,
  );
  if (tallies.length !== objectives || !isRight) {
    throw new Error(`the report does not add up: ${text.slice(0, 500)}`);
  }
}
