import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { keep, ms, print, printTable } from '../report/tell.ts';
import { countTraffic, type TrafficFigures } from './count-traffic.ts';
import { measureMonitor, type MonitorFigures } from './measure-monitor.ts';
import { measureMonth, type MonthFigures } from './measure-month.ts';
import { measurePage, type PageFigures } from './measure-page.ts';
import { measureReport, type ReportFigures } from './measure-report.ts';

const usage = `Usage: npm run bench:slo -- [options]

What a monitor of many objectives costs, whether its memory grows over a month, how long a report takes,
and whether the minutes that it writes are what callers have counted by themselves while Prometheus, the
worker and replicas are killed and replaced.

  --only        one of month, report, page, monitor, traffic (default: all of them)
  --objectives  of one monitor (default: 1000)
  --days        of the report (default: 90)
  --minutes     that the monitor is measured for (default: 10)
  --traffic     minutes of traffic that are compared (default: 10)
  --prometheus  the program (default: prometheus)`;

const targets = { cpuShare: 0.1, reportMs: 5_000, actionsPerDay: 3_000, growth: 1.2 };

interface SloFigures {
  month?: MonthFigures;
  report?: ReportFigures;
  page?: PageFigures;
  monitor?: MonitorFigures;
  traffic?: TrafficFigures;
}

/** In the order in which they are measured. */
const sampledDays = [1, 4, 15, 30];

await runBenchmark<SloFigures>({
  usage,
  defaults: {
    ...{ only: 'all', objectives: '1000', days: '90', minutes: '10', traffic: '10' },
    prometheus: 'prometheus',
  },
  measure: async ({ origin, text }) => {
    const isWanted = (part: string) => ['all', part].includes(text('only'));
    const objectives = readCount('objectives', text('objectives'));
    const days = readCount('days', text('days'));
    const executable = text('prometheus');
    const figures: SloFigures = {};
    if (isWanted('month')) figures.month = await measureMonth(objectives, sampledDays);
    if (isWanted('report')) figures.report = await measureReport(origin, { objectives, days });
    if (isWanted('page')) figures.page = await measurePage({ objectives, days });
    keep(figures);
    if (isWanted('monitor')) {
      const minutes = readCount('minutes', text('minutes'));
      figures.monitor = await measureMonitor(origin, { objectives, minutes, executable });
      keep(figures.monitor);
    }
    if (isWanted('traffic')) {
      const minutes = readCount('traffic', text('traffic'));
      figures.traffic = await countTraffic(origin, { minutes, executable });
    }
    return figures;
  },
  show: ({ month, report, page, monitor, traffic }) => {
    if (month !== undefined) showMonth(month);
    if (report !== undefined) showReport(report);
    if (page !== undefined) showPage(page);
    if (monitor !== undefined) showMonitor(monitor);
    if (traffic !== undefined) showTraffic(traffic);
  },
  missed: ({ month, report, monitor, traffic }) => [
    ...(month === undefined ? [] : missedOfMonth(month)),
    ...(report === undefined || Math.max(...report.tookMs) <= targets.reportMs
      ? []
      : [`a report in ${ms(Math.max(...report.tookMs))} ms; at most ${targets.reportMs}`]),
    ...(monitor === undefined ? [] : missedOfMonitor(monitor)),
    ...Object.entries(traffic?.compared ?? {}).flatMap(([name, { silent }]) =>
      silent === 0 ? [] : [`${silent} minutes of ${name} differ without being marked`],
    ),
  ],
});

function showMonth({ objectives, days }: MonthFigures): void {
  print(`A monitor of ${objectives} objectives over 30 days, sources aside:`);
  printTable([
    ['after an hour of day', 'heap in MB', 'CPU seconds a minute', 'until the first look, ms'],
    ...days.map(({ day, heapMb, cpuSecondsPerMinute, loadMs }) => [
      ...[String(day), heapMb.toFixed(1), cpuSecondsPerMinute.toFixed(2), ms(loadMs)],
    ]),
  ]);
}

/** From the fourth day on it has all that it keeps. */
function missedOfMonth({ days }: MonthFigures): string[] {
  const settled = days.filter(({ day }) => day >= 4).map(({ heapMb }) => heapMb);
  const [first = 0] = settled;
  const most = Math.max(...settled);
  return most <= first * targets.growth
    ? []
    : [`memory grew from ${first} MB on day 4 to ${most} MB`];
}

function showReport({ objectives, days, megabytes, tookMs }: ReportFigures): void {
  print(
    `belay slo report over ${days} days of ${objectives} objectives (${megabytes.toFixed(0)} MB): ` +
      `${tookMs.map(ms).join(', ')} ms. Target: ${targets.reportMs} ms.`,
  );
}

function showPage({ objectives, days, without, cached }: PageFigures): void {
  print(`A status page of ${days} days of ${objectives} objectives, built again and again:`);
  printTable([
    ['build', 'sums asked of the ledger', 'ms', 'with the cache', 'ms'],
    ...without.map((build, i) => {
      const { sums = 0, tookMs = 0 } = cached[i] ?? {};
      return [String(i + 1), String(build.sums), ms(build.tookMs), String(sums), ms(tookMs)];
    }),
  ]);
}

function showMonitor(figures: MonitorFigures): void {
  const { objectives, minutes, requests, cpuShare, rssMb, actions, actionsPerDay } = figures;
  print(`One monitor of ${objectives} objectives in belay up, ${minutes} minutes:`);
  printTable([
    ['what', 'measured', 'target'],
    ['requests to Prometheus a minute', requests.join(', '), String(mostRequests(objectives))],
    ['share of one core, whole worker', share(cpuShare), share(targets.cpuShare)],
    ['memory of the worker, MB', String(rssMb), ''],
    [`Actions in ${minutes} minutes`, String(actions), ''],
    ['that is a day', String(actionsPerDay), String(targets.actionsPerDay)],
    ['minutes that were counted', `${figures.counted} of ${figures.expected}`, 'all'],
  ]);
}

/** One of each hundred objectives, and one for the beginnings of processes. */
function mostRequests(objectives: number): number {
  return Math.ceil(objectives / 100) + 1;
}

function missedOfMonitor(figures: MonitorFigures): string[] {
  const { objectives, requests, cpuShare, actionsPerDay, counted, expected } = figures;
  const most = Math.max(...requests);
  return [
    ...(most <= mostRequests(objectives)
      ? []
      : [`${most} requests in a minute; at most ${mostRequests(objectives)}`]),
    ...(cpuShare <= targets.cpuShare
      ? []
      : [`${share(cpuShare)} of a core; at most ${share(targets.cpuShare)}`]),
    ...(actionsPerDay <= targets.actionsPerDay
      ? []
      : [`${actionsPerDay} Actions a day; at most ${targets.actionsPerDay}`]),
    ...(counted === expected ? [] : [`${expected - counted} minutes were not counted`]),
  ];
}

function showTraffic({ minutes, compared }: TrafficFigures): void {
  print('What callers counted, and what is kept of each minute (requests, of them bad):');
  printTable([
    ['minute', 'callers', 'by the router', 'by Prometheus', 'disturbed'],
    ...minutes.map(({ atMs, total, bad, kept, disturbance = '' }) => [
      new Date(atMs).toISOString().slice(11, 16),
      `${total}, ${bad}`,
      ...['router', 'prometheus'].map((name) => {
        const minute = kept[name];
        return minute === undefined
          ? 'nothing'
          : `${minute.good + minute.bad}, ${minute.bad} ${minute.quality}`;
      }),
      disturbance,
    ]),
  ]);
  for (const [name, { equal, marked, silent, requests }] of Object.entries(compared)) {
    print(
      `${name}: ${equal} minutes equal to the request, ${marked} marked, ${silent} differ silently; ` +
        `${requests} requests in all. Target: none differs silently.`,
    );
  }
}

function share(value: number): string {
  return `${(value * 100).toFixed(1)}%`;
}
