import type { ObjectiveReport, SloReport } from '../../../contracts/objectives/slo-report.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import { chartStyle } from '../../kernel/chart/chart-style.ts';
import { escapeMarkup } from '../../kernel/escape-markup.ts';
import { htmlFacts, htmlList, htmlPage, htmlSection } from '../../kernel/html/html-page.ts';
import { htmlTable } from '../../kernel/html/html-table.ts';
import { element } from '../../kernel/markup.ts';
import { barsInWords, dayBars } from '../chart/day-bars.ts';
import { budgetChart } from '../chart/budget-chart.ts';
import { momentIn } from '../moment-in.ts';
import { periodInWords } from '../render-slo-report.ts';
import {
  aimInWords,
  budgetInWords,
  creditInWords,
  grossInWords,
  recordInWords,
  spendingInWords,
  toneOfVerdict,
  valueInWords,
  verdictInWords,
} from '../report-words.ts';
import { partsInWords, percentOf } from '../time-words.ts';
import { barsStyle } from './bars-style.ts';

/** One page with charts that needs nothing else. */
export function renderSloHtml(report: SloReport): string {
  const title = `Objectives of ${report.environment}`;
  const head =
    element('style', {}, `${chartStyle}${barsStyle}`) +
    element('h1', {}, escapeMarkup(title)) +
    element('p', {}, escapeMarkup(periodInWords(report)));
  const summary = report.objectives.length > 0 && summaryOf(report.objectives);
  return htmlPage(
    title,
    [
      element('header', {}, head),
      htmlSection('All of them', summary),
      ...report.objectives.map((each) => sectionOf(each, report)),
    ],
    report.writtenAtMs,
  );
}

function summaryOf(objectives: readonly ObjectiveReport[]): string {
  return htmlTable(
    [
      { title: 'Objective' },
      { title: 'Service' },
      { title: 'Verdict', set: 'fixed' },
      { title: 'Value', set: 'number' },
      { title: 'Wanted' },
      { title: 'Requests', set: 'number' },
      { title: 'Measured', set: 'number' },
    ],
    objectives.map((each) => [
      ...[each.objective, each.service],
      { text: verdictInWords(each.standing), tone: toneOfVerdict(each.standing) },
      ...[valueInWords(each), aimInWords(each)],
      String(each.standing.tally.good + each.standing.tally.bad),
      percentOf(each.standing.coverage),
    ]),
  );
}

function sectionOf(report: ObjectiveReport, { zone }: SloReport): string {
  const { standing, owner, credit, violations, exclusions, downtimes, changedAtMs } = report;
  const gross = grossInWords(report);
  const facts = htmlFacts([
    ['Wanted', aimInWords(report)],
    ['Measured', `${valueInWords(report)}: ${verdictInWords(standing)}`],
    [
      standing.counts === 'minutes' ? 'Minutes' : 'Requests',
      String(standing.tally.good + standing.tally.bad),
    ],
    ['Time', partsInWords(standing.tally)],
    ['Coverage', percentOf(standing.coverage)],
    ['Error budget', budgetInWords(report)],
    ...(gross === undefined ? [] : [['With nothing excluded', gross] as const]),
    ...(credit === undefined ? [] : [['Credit', creditInWords(credit)] as const]),
    ...(changedAtMs === undefined
      ? []
      : [['Measured in another way until', momentIn(zone, changedAtMs)] as const]),
    ...(owner === undefined ? [] : [['Owner', owner] as const]),
  ]);
  const spent = spendingInWords(report);
  return htmlSection(
    escapeMarkup(`${report.service}: ${report.objective}`),
    [
      facts,
      chartOfTime(report),
      chartOfBudget(report),
      ...(spent.length === 0 ? [] : [element('h3', {}, 'Spent by'), htmlList(spent)]),
      ...(violations.length === 0
        ? []
        : [element('h3', {}, 'Violations'), violationsOf(report, zone)]),
      ...(exclusions.length === 0
        ? []
        : [element('h3', {}, 'Maintenance'), exclusionsOf(report, zone)]),
      ...(downtimes.length === 0
        ? []
        : [element('h3', {}, 'Recorded by hand'), downtimesOf(report, zone)]),
    ].join(''),
  );
}

const chartWidth = 900;

function chartOfTime({ days }: ObjectiveReport): string {
  if (days.length === 0) return '';
  const step = Math.max(3, Math.floor(chartWidth / days.length));
  const layout = { step: Math.min(step, 30), height: 40 };
  const attributes = {
    class: 'bars',
    viewBox: `0 0 ${days.length * layout.step} ${layout.height}`,
    role: 'img',
    'aria-label': barsInWords(days),
  };
  const caption = element(
    'figcaption',
    { class: 'soft' },
    'Time by day, of which none is left out',
  );
  return element('figure', {}, caption, element('svg', attributes, dayBars(days, layout)));
}

function chartOfBudget(report: ObjectiveReport): string {
  const size = { width: chartWidth, height: 150 };
  const drawn = budgetChart(report, size);
  if (drawn === '') return '';
  const attributes = {
    class: 'belay-chart',
    viewBox: `0 0 ${size.width} ${size.height}`,
    role: 'img',
    'aria-label': `What was left of the error budget after each day: ${budgetInWords(report)}`,
  };
  const caption = element('figcaption', { class: 'soft' }, 'Error budget left after each day');
  return element('figure', {}, caption, element('svg', attributes, drawn));
}

function violationsOf({ violations }: ObjectiveReport, zone: string): string {
  return htmlTable(
    [
      { title: 'From', set: 'fixed' },
      { title: 'Until', set: 'fixed' },
      { title: 'In the period', set: 'number' },
      { title: 'What', set: 'fixed' },
      { title: 'Why', set: 'wide' },
    ],
    violations.map(({ kind, openedAtMs, closedAtMs, withinMs, reason }) => [
      momentIn(zone, openedAtMs),
      closedAtMs === undefined ? 'still open' : momentIn(zone, closedAtMs),
      ...[formatDuration(withinMs), kind, reason],
    ]),
  );
}

function downtimesOf({ downtimes }: ObjectiveReport, zone: string): string {
  return htmlTable(
    [
      { title: 'From', set: 'fixed' },
      { title: 'Until', set: 'fixed' },
      { title: 'What' },
      { title: 'Recorded', set: 'fixed' },
      { title: 'By' },
      { title: 'Why', set: 'wide' },
    ],
    downtimes.map((each) => [
      ...[momentIn(zone, each.fromMs), momentIn(zone, each.untilMs), recordInWords(each)],
      ...[momentIn(zone, each.recordedAtMs), each.by, each.why],
    ]),
  );
}

function exclusionsOf({ exclusions }: ObjectiveReport, zone: string): string {
  return htmlTable(
    [
      { title: 'From', set: 'fixed' },
      { title: 'Until', set: 'fixed' },
      { title: 'Announced', set: 'fixed' },
      { title: 'By' },
      { title: 'Approved by' },
      { title: 'Why', set: 'wide' },
      { title: 'Excluded' },
    ],
    exclusions.map(({ exclusion, counts, why = '' }) => [
      ...[momentIn(zone, exclusion.fromMs), momentIn(zone, exclusion.untilMs)],
      ...[momentIn(zone, exclusion.announcedAtMs), exclusion.by, exclusion.approvedBy ?? ''],
      ...[exclusion.why, counts ? 'yes' : `no: ${why}`],
    ]),
  );
}
