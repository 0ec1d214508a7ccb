import type { ObjectiveReport, SloReport } from '../../contracts/objectives/slo-report.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { inCell } from '../kernel/markdown.ts';
import { momentIn } from './moment-in.ts';
import {
  aimInWords,
  budgetInWords,
  creditInWords,
  grossInWords,
  recordInWords,
  spendingInWords,
  valueInWords,
  verdictInWords,
} from './report-words.ts';
import { partsInWords, percentOf } from './time-words.ts';

/** As Markdown. */
export function renderSloReport(report: SloReport): string {
  const { objectives, environment } = report;
  const parts = [
    `# Objectives of ${environment}`,
    periodInWords(report),
    ...(objectives.length === 0 ? ['There are no objectives.'] : [summaryOf(objectives)]),
    ...objectives.map((each) => sectionOf(each, report)),
  ];
  return `${parts.join('\n\n')}\n`;
}

export function periodInWords({ fromMs, untilMs, zone, isUnfinished }: SloReport): string {
  const [from, until] = [momentIn(zone, fromMs), momentIn(zone, untilMs)];
  const length = formatDuration(untilMs - fromMs);
  const unfinished = isUnfinished ? ' The period is not over.' : '';
  return `From ${from} until ${until}, ${zone} (${length}).${unfinished}`;
}

function summaryOf(objectives: readonly ObjectiveReport[]): string {
  const titles = ['Objective', 'Service', 'Verdict', 'Value', 'Wanted', 'Requests', 'Measured'];
  return table(
    titles,
    objectives.map((each) => [
      ...[each.objective, each.service, verdictInWords(each.standing), valueInWords(each)],
      ...[aimInWords(each), String(requestsOf(each)), percentOf(each.standing.coverage)],
    ]),
  );
}

function requestsOf({ standing: { tally } }: ObjectiveReport): number {
  return tally.good + tally.bad;
}

function sectionOf(report: ObjectiveReport, { zone }: SloReport): string {
  const { standing, violations, credit, owner, changedAtMs } = report;
  const gross = grossInWords(report);
  const facts = [
    `Wanted: ${aimInWords(report)}`,
    `Measured: ${valueInWords(report)} of ${requestsOf(report)} ${standing.counts ?? 'requests'}: ${verdictInWords(standing)}`,
    `Time: ${partsInWords(standing.tally)}`,
    `Coverage: ${percentOf(standing.coverage)} of the time that is not excluded and had requests`,
    `Error budget: ${budgetInWords(report)}`,
    ...spendingInWords(report).map((line) => `Spent by ${line}`),
    ...(gross === undefined ? [] : [`With nothing excluded: ${gross}`]),
    ...(credit === undefined ? [] : [`Credit: ${creditInWords(credit)}`]),
    ...(changedAtMs === undefined
      ? []
      : [`Measured in another way until ${momentIn(zone, changedAtMs)}; both are added up`]),
    ...(owner === undefined ? [] : [`Owner: ${owner}`]),
  ];
  return [
    `## ${report.service}: ${report.objective}`,
    facts.map((fact) => `- ${inCell(fact)}`).join('\n'),
    ...(violations.length === 0 ? [] : ['### Violations', violationsOf(report, zone)]),
    ...(report.exclusions.length === 0 ? [] : ['### Maintenance', exclusionsOf(report, zone)]),
    ...(report.downtimes.length === 0 ? [] : ['### Recorded by hand', downtimesOf(report, zone)]),
  ].join('\n\n');
}

function violationsOf({ violations }: ObjectiveReport, zone: string): string {
  return table(
    ['From', 'Until', 'In the period', 'What', 'Why'],
    violations.map(({ kind, openedAtMs, closedAtMs, withinMs, reason }) => [
      momentIn(zone, openedAtMs),
      closedAtMs === undefined ? 'still open' : momentIn(zone, closedAtMs),
      ...[formatDuration(withinMs), kind, reason],
    ]),
  );
}

function exclusionsOf({ exclusions }: ObjectiveReport, zone: string): string {
  return table(
    ['From', 'Until', 'Announced', 'By', 'Approved by', 'Why', 'Excluded'],
    exclusions.map(({ exclusion, counts, why = '' }) => [
      ...[momentIn(zone, exclusion.fromMs), momentIn(zone, exclusion.untilMs)],
      ...[momentIn(zone, exclusion.announcedAtMs), exclusion.by, exclusion.approvedBy ?? ''],
      ...[exclusion.why, counts ? 'yes' : `no: ${why}`],
    ]),
  );
}

function downtimesOf({ downtimes }: ObjectiveReport, zone: string): string {
  return table(
    ['From', 'Until', 'What', 'Recorded', 'By', 'Why'],
    downtimes.map((each) => [
      ...[momentIn(zone, each.fromMs), momentIn(zone, each.untilMs), recordInWords(each)],
      ...[momentIn(zone, each.recordedAtMs), each.by, each.why],
    ]),
  );
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(inCell).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
