import type { StruckRun, StruckTable } from './struck-table.ts';
import { spread } from './sweep.ts';

interface Place {
  victim: string;
  /** Whose place it is, where that is not the victim's. */
  stage?: string;
  place: string;
}

const listed = (name: string) => process.env[name]?.split(',');

const kinds = listed('BELAY_CRASH_KINDS');
const points = process.env['BELAY_CRASH_POINTS'];
const victims = listed('BELAY_CRASH_VICTIMS');
const beginnings = listed('BELAY_CRASH_PLACES');
const atOnce = Number(process.env['BELAY_CRASH_AT_ONCE'] ?? 1);
const [part = 1, parts = 1] = (process.env['BELAY_CRASH_PART'] ?? '1/1').split('/').map(Number);

/** With `BELAY_CRASH_KINDS=restore,failover` only these; with `BELAY_CRASH_POINTS` all; else those of the sample. */
export function isChosenKind(kind: string, isInSample: boolean): boolean {
  return kinds?.includes(kind) ?? (points !== undefined || isInSample);
}

/**
 * The sample, or with `BELAY_CRASH_POINTS=all` every place and with `BELAY_CRASH_POINTS=40` so many of them,
 * spread evenly. Of these `BELAY_CRASH_PART=2/3` takes every third, beginning with the second: three such
 * parts are all. `BELAY_CRASH_PLACES=psql-#1:,pg_amcheck-` strikes only places whose names begin so,
 * `BELAY_CRASH_VICTIMS=postgres,worker` only these victims.
 */
export function chooseStrikes<Strike extends Place>(
  all: readonly Strike[],
  sampleOf: (all: readonly Strike[]) => Strike[],
): Strike[] {
  const wanted = all.filter(
    ({ victim, place }) =>
      (victims?.includes(victim) ?? true) &&
      (beginnings?.some((beginning) => place.startsWith(beginning)) ?? true),
  );
  if (points === undefined) return sampleOf(wanted);
  return spread(wanted, points === 'all' ? wanted.length : Number(points)).filter(
    (_, index) => index % parts === part - 1,
  );
}

interface Sweep<Strike extends Place> {
  scenario: string;
  all: readonly Strike[];
  sampleOf: (all: readonly Strike[]) => Strike[];
  strike(strike: Strike, name: string): Promise<StruckRun>;
  /** Several in one run, those of one process in the order in which it passes their places. */
  strikeTogether?(strikes: readonly Strike[], name: string): Promise<StruckRun[]>;
}

/**
 * Strikes what was chosen of a scenario, one place after the other. Throws where its sample is empty, which proves
 * nothing. With `BELAY_CRASH_AT_ONCE=8` so many places are struck in one run, where the scenario can; those that it does not
 * reach, and all of a run that ends otherwise, are struck again one by one.
 */
export async function sweepScenario<Strike extends Place>(
  table: StruckTable,
  { scenario, all, sampleOf, strike, strikeTogether }: Sweep<Strike>,
): Promise<void> {
  const chosen = chooseStrikes(all, sampleOf);
  const isLimited = points !== undefined || victims !== undefined || beginnings !== undefined;
  if (chosen.length === 0 && !isLimited) throw new Error(`no place of ${scenario} was chosen`);
  process.stdout.write(`${scenario}: ${chosen.length} of ${all.length} strikes\n`);
  let strikes = 0;
  for (const group of dealOut(all, chosen, strikeTogether ? atOnce : 1)) {
    let rest = group;
    if (strikeTogether && group.length > 1) {
      const rows = await strikeTogether(group, `together-${strikes + 1}`);
      const sound = rows.filter(({ reached, differences }) => reached && differences.length === 0);
      for (const row of sound) table.add(row);
      const [different] = rows.filter(({ differences }) => differences.length > 0);
      if (different) {
        const why = different.differences.join('; ');
        process.stdout.write(`${scenario}: ${group.length} places in one run: ${why}\n`);
      }
      const isDone = ({ victim, place }: Place) =>
        sound.some((row) => row.victim === victim && row.place === place);
      rest = group.filter((each) => !isDone(each));
    }
    for (const each of rest) {
      strikes += 1;
      table.add(await strike(each, `${strikes}`));
    }
  }
}

/** Groups of at most so many strikes that are far from each other, in the order of their places. */
export function dealOut<Strike extends Place>(
  all: readonly Strike[],
  chosen: readonly Strike[],
  most: number,
): Strike[][] {
  const keyOf = ({ victim, stage = victim, place }: Place) => `${stage} ${place}`;
  const order = new Map(all.toReversed().map((each, index) => [keyOf(each), -index]));
  const groups = Math.ceil(chosen.length / Math.max(1, most));
  return Array.from({ length: groups }, (_, first) =>
    chosen
      .filter((__, index) => index % groups === first)
      .toSorted((one, other) => (order.get(keyOf(one)) ?? 0) - (order.get(keyOf(other)) ?? 0)),
  );
}
