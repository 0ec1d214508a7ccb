import { Command, Option } from 'commander';
import { parts } from '../../policies/recovery/playbooks/parts/table.ts';
import type { Part } from '../../contracts/recovery/playbooks/part.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import { recoveryFamily } from '../../kinds/recovery.ts';
import { examples } from '../commands/named-service.ts';
import { withConnections } from '../connections.ts';
import { print, printJson } from '../output.ts';
import { formatAge, pageFor } from '../render/page.ts';
import { renderTable } from '../render/table.ts';

/** The newest run and rehearsal of each playbook, as the ledger has them. */
export function createListCommand(): Command {
  return new Command('list')
    .summary('list playbooks with their last run and rehearsal')
    .description('List the playbooks that were run or rehearsed, and how that ended.')
    .addOption(new Option('--json', 'print it as JSON'))
    .addHelpText('after', examples('belay playbook list'))
    .action(async ({ json }: { json?: boolean }) => {
      await withConnections(async (to) => {
        const filter = { families: [recoveryFamily], each: 1 };
        const [runs, rehearsals] = await Promise.all([
          to.ledger.list({ ...filter, kinds: ['playbook'] }),
          to.ledger.list({ ...filter, kinds: ['playbookRehearsal'] }),
        ]);
        const listed = listPlaybooks(runs, rehearsals);
        if (json) printJson(listed);
        else print(listed.length === 0 ? 'No playbook was run or rehearsed yet.' : render(listed));
      });
    });
}

interface ListedPlaybook {
  environment: string;
  playbook: string;
  run?: LastRun;
  rehearsal?: LastRun;
}

type LastRun = Pick<RunReport, 'outcome' | 'reason' | 'endedAtMs' | 'runRef'>;

function listPlaybooks(
  runs: readonly RunReport[],
  rehearsals: readonly RunReport[],
): ListedPlaybook[] {
  const found = new Map<string, ListedPlaybook>();
  const add = (key: 'run' | 'rehearsal', report: RunReport) => {
    const { environment, name: playbook } = report.subject;
    const { outcome, reason, endedAtMs, runRef } = report;
    const known = found.get(`${environment}/${playbook}`) ?? { environment, playbook };
    found.set(`${environment}/${playbook}`, {
      ...known,
      [key]: { outcome, reason, endedAtMs, runRef },
    });
  };
  for (const report of runs) add('run', report);
  for (const report of rehearsals) add('rehearsal', report);
  return [...found].toSorted(([one], [other]) => one.localeCompare(other)).map(([, each]) => each);
}

function render(listed: readonly ListedPlaybook[]): string {
  const { paint } = pageFor(process.stdout, process.env);
  const nowMs = Date.now();
  const show = (last: LastRun | undefined) =>
    last === undefined
      ? paint.dim('never')
      : `${last.outcome}, ${formatAge(last.endedAtMs, { nowMs })}`;
  const titles = ['PLAYBOOK', 'LAST RUN', 'LAST REHEARSAL'].map((title) => paint.dim(title));
  const rows = listed.map(({ environment, playbook, run, rehearsal }) => [
    paint.bold(`${environment}/${playbook}`),
    show(run),
    show(rehearsal),
  ]);
  return renderTable([titles, ...rows], { indent: 0 }).join('\n');
}

/** What playbooks can name. */
export function createActionsCommand(): Command {
  return new Command('actions')
    .summary('list actions and probes, with what they take and give')
    .description('List what the steps of a playbook can name, with inputs, outputs and undos.')
    .addOption(new Option('--json', 'print the whole table as JSON'))
    .action(({ json }: { json?: boolean }) => {
      if (json) printJson(parts);
      else print(parts.map((part) => describe(part)).join('\n\n'));
    });
}

function describe({ name, is, what, inputs, outputs, undo }: Part): string {
  const { paint } = pageFor(process.stdout, process.env);
  const rows = [
    ...Object.entries(inputs).map(([key, field]) => [
      `${field.optional ? '[' : ''}${key}${field.optional ? ']' : ''}`,
      field.type,
      field.what,
    ]),
    ...Object.entries(outputs).map(([key, field]) => [`-> ${key}`, field.type, field.what]),
  ];
  const undone = is === 'probe' || undo !== 'own' ? '' : ', has an undo of its own';
  return [`${paint.bold(name)} (${is}${undone})`, `  ${what}`, ...renderTable(rows)].join('\n');
}
