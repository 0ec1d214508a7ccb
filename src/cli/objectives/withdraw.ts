import { randomBytes } from 'node:crypto';
import type { Downtime } from '../../contracts/objectives/downtime.ts';
import { writeComposites } from '../../contracts/objectives/write-composites.ts';
import type { Minute } from '../../contracts/objectives/minute.ts';
import type {
  MinuteFilter,
  ObjectiveStore,
  StoredHour,
} from '../../contracts/objectives/objective-store.ts';
import { hoursOf } from '../../policies/objectives/spans.ts';
import { problemsOfPast } from '../../policies/objectives/downtime/problems-of-downtime.ts';
import {
  minutesBefore,
  withoutCounts,
} from '../../policies/objectives/downtime/withdrawn-minutes.ts';
import { rewriteHour } from '../../policies/objectives/update-hour.ts';
import type { Objective } from '../../specs/objectives/objective.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { isMonitored } from './read-report.ts';
import { readStates } from './read-states.ts';
import { readSpan, type WrittenSpan } from './time-span-options.ts';

type Store = Pick<
  ObjectiveStore,
  'listStates' | 'listDowntimes' | 'writeDowntime' | 'listCorrected' | 'listMinutes' | 'updateHours'
>;

interface Person {
  by: string;
  why: string;
  nowMs: number;
}

/** Takes downtime back: its minutes are again what they were before it was recorded. */
export async function withdrawDowntime(
  store: Store,
  { environment, id }: { environment: string; id: string },
  { by, why, nowMs }: Person,
): Promise<Downtime> {
  const all = await store.listDowntimes({ environment, fromMs: 0, untilMs: nowMs });
  const known = all.find((each) => each.id === id && each.recordedAs === undefined);
  const problems = [
    ...(known === undefined ? [`there is no downtime ${id} in ${environment}`] : []),
    ...(known?.withdrawn === undefined ? [] : [`${id} was withdrawn by ${known.withdrawn.by}`]),
    ...problemsOfWhy(why),
  ];
  if (known === undefined || problems.length > 0) throw refusal(problems);
  const { fromMs, untilMs, objectives: names } = known;
  const filter = { environment, objectives: names, fromMs, untilMs };
  const corrected = await store.listCorrected(filter);
  const because = `${by} withdrew ${id}: ${why}`.slice(0, 300);
  await rewrite(store, filter, ({ objective, minutes }) =>
    minutesBefore(minutes, known, {
      corrected: corrected.flatMap((each) => (each.objective === objective ? [each.minute] : [])),
      why: because,
    }),
  );
  // After its minutes: where this dies among them, it can be withdrawn again.
  const withdrawn = { ...known, withdrawn: { by, why, atMs: nowMs } };
  await store.writeDowntime(withdrawn);
  return withdrawn;
}

export interface WrittenWithdrawal extends WrittenSpan {
  environment: string;
  objective: string;
}

/** Takes pushed counts back: their minutes have no data, and can be pushed again within the hour. */
export async function withdrawCounts(
  store: Store,
  { environment, objective, ...times }: WrittenWithdrawal,
  { by, why, nowMs }: Person,
): Promise<{ recorded: Downtime; minutes: number }> {
  const objectives = await objectivesOf(store, environment);
  const pushed = objectives.filter(({ source }) => source.of === 'pushed').map(({ name }) => name);
  const { span, problems } = readSpan(times);
  problems.push(...problemsOfWhy(why));
  if (!pushed.includes(objective)) {
    const all = pushed.length === 0 ? 'none are' : `${pushed.join(', ')} are`;
    problems.push(`--objective: counts of ${objective} are not pushed; those of ${all}`);
  }
  if (span !== undefined) problems.push(...problemsOfPast(span, nowMs));
  if (span === undefined || problems.length > 0) throw refusal(problems);
  const filter = { environment, objectives: [objective], ...span };
  const because = `${by} withdrew its counts: ${why}`.slice(0, 300);
  const found = (await store.listMinutes(filter)).get(objective) ?? [];
  const minutes = withoutCounts(found, span, because).length;
  if (minutes === 0) throw refusal(['--from, --to: there are no counts in this time']);
  await rewrite(store, filter, ({ minutes: known }) => withoutCounts(known, span, because));
  const recorded: Downtime = {
    ...{ id: `w-${randomBytes(4).toString('hex')}`, recordedAs: 'no-data', environment },
    ...{ objectives: [objective], ...span, why, by, recordedAtMs: nowMs },
  };
  await store.writeDowntime(recorded);
  return { recorded, minutes };
}

async function rewrite(
  store: Store,
  { environment, objectives: names, ...span }: MinuteFilter & { objectives: readonly string[] },
  minutesOf: (hour: StoredHour) => Minute[],
): Promise<void> {
  const all = await objectivesOf(store, environment);
  const byName = new Map(all.map((each) => [each.name, each]));
  const hours = names.flatMap((objective) => hoursOf(span).map((atMs) => ({ objective, atMs })));
  await store.updateHours(environment, hours, (known) => {
    const objective = byName.get(known.objective);
    const found = minutesOf(known);
    // What is no longer measured is in no report.
    return objective === undefined || found.length === 0
      ? undefined
      : rewriteHour(objective, known, found);
  });
  await writeComposites(store, { environment, objectives: all }, hoursOf(span));
}

async function objectivesOf(store: Store, environment: string): Promise<readonly Objective[]> {
  const states = await readStates(store, environment);
  return states.filter(isMonitored).flatMap(({ spec }) => spec.objectives);
}

function problemsOfWhy(why: string): string[] {
  return why.trim() === '' ? ['--why: is empty; say why it is withdrawn'] : [];
}

function refusal(problems: readonly string[]): CliFailure {
  const list = problems.map((each) => `  ${each}`).join('\n');
  return new CliFailure(exitCodes.badInput, `Nothing was withdrawn:\n${list}`);
}
