import { Command, Option } from 'commander';
import type { SloReport } from '../../contracts/objectives/slo-report.ts';
import { renderSloHtml } from '../../render/objectives/html/render-slo-html.ts';
import { renderSloReport } from '../../render/objectives/render-slo-report.ts';
import { examples } from '../commands/named-service.ts';
import { withConnections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { writeHtml } from '../write-html.ts';
import { isMonitored, readReport } from './read-report.ts';
import { readPeriod, type PeriodOptions } from './report-period.ts';
import { readStates } from './read-states.ts';

const formats = ['markdown', 'html', 'json'] as const;

interface ReportOptions extends PeriodOptions {
  environment?: string;
  objective?: string[];
  service?: string[];
  format: (typeof formats)[number];
  out?: string;
}

export function createReportCommand(): Command {
  return new Command('report')
    .summary('whether objectives were met over a period')
    .description(
      'Report on a period, whatever the windows of the objectives are: the time that was good, bad, not ' +
        'measured or excluded, the verdict, violations, who spent the error budget, and what a contract gives ' +
        'back. Everything is from the ledger. Without a period, it is the present month. Exits with 1 if an ' +
        'objective is breached or has insufficient data.',
    )
    .addOption(new Option('-e, --environment <name>', 'only of this environment'))
    .addOption(new Option('--objective <name...>', 'only these'))
    .addOption(new Option('--service <name...>', 'only those of these services'))
    .addOption(
      new Option('--from <moment>', 'a date or a time of the zone, or a time with its offset'),
    )
    .addOption(new Option('--to <moment>', 'before it (default: now)'))
    .addOption(new Option('--month <month>', 'a month of the zone, such as 2026-11'))
    .addOption(new Option('--last <duration>', 'until now, such as 30d'))
    .addOption(new Option('--zone <name>', 'where days and months begin').default('UTC'))
    .addOption(new Option('--format <format>', 'how').choices(formats).default('markdown'))
    .addOption(new Option('--out <file>', 'of HTML: where to write it (default: standard output)'))
    .addHelpText(
      'after',
      examples(
        'belay slo report -e prod --month 2026-11 --zone Europe/Berlin',
        'belay slo report -e prod --last 30d --format html --out november.html',
      ),
    )
    .action((options: ReportOptions) => report(options));
}

async function report(options: ReportOptions): Promise<void> {
  const nowMs = Date.now();
  const period = readPeriod(options, nowMs);
  const { environment, objective, service, format, out = '-' } = options;
  const filter = {
    ...(objective !== undefined && { objectives: objective }),
    ...(service !== undefined && { services: service }),
  };
  await withConnections(async ({ objectives: store }) => {
    const states = await readStates(store, environment);
    const reports: SloReport[] = [];
    for (const state of states.filter(isMonitored))
      reports.push(await readReport(store, state, { period, filter, nowMs }));
    const [first, ...others] = reports;
    if (first === undefined) {
      throw new CliFailure(exitCodes.notDone, 'No monitor has said what it measures yet.');
    }
    if (format === 'html' && others.length > 0) {
      throw new CliFailure(exitCodes.badInput, 'A page is about one environment: name it with -e');
    }
    if (format === 'json') printJson(reports);
    else if (format === 'html') await writeHtml(renderSloHtml(first), out);
    else print(reports.map(renderSloReport).join('\n').trimEnd());
    const isMet = reports.every((each) =>
      each.objectives.every(({ standing }) => standing.verdict === 'met'),
    );
    if (!isMet) process.exitCode = exitCodes.notDone;
  });
}
