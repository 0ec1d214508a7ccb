import { Command, Option } from 'commander';
import { readSchedule } from '../../adapters/temporal/schedules.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { recoveryKinds } from '../../kinds/recovery.ts';
import { workflowIdOf } from '../../kinds/locks.ts';
import { scheduleIdOf } from '../../kinds/schedule-id.ts';
import { formatProblems } from '../../specs/kernel/problems.ts';
import { resolveSchedule } from '../../specs/kernel/resolve-schedule.ts';
import { showDryRun } from '../plans/show-dry-run.ts';
import { examples } from '../commands/named-service.ts';
import { withConnections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { apply } from '../schedules/apply-schedule.ts';
import { readPlaybookFile, type Written } from './read-playbook.ts';
import { withFile } from './run-commands.ts';

interface RehearseOptions {
  file: string;
  input?: string[];
  ungraceful?: boolean;
  every?: string;
  stop?: boolean;
  as?: string;
  json?: boolean;
}

const kind = recoveryKinds.playbookRehearsal;

export function createRehearseCommand(): Command {
  return withFile(new Command('rehearse'))
    .summary('try whether a playbook could be run')
    .description(
      'Rehearse a playbook now: run its probes and the checks of its actions, and change nothing. ' +
        'With --every it is rehearsed by itself from then on.',
    )
    .addOption(
      new Option('--every [duration]', 'rehearse it by itself (30m without a duration)').preset(
        '30m',
      ),
    )
    .addOption(new Option('--stop', 'do not rehearse it by itself any more').conflicts('every'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addHelpText(
      'after',
      examples(
        'belay playbook rehearse -f complete-outage.yaml --input service=shop',
        'belay playbook rehearse -f complete-outage.yaml --input service=shop --every 30m',
      ),
    )
    .action(rehearse);
}

async function rehearse(options: RehearseOptions): Promise<void> {
  const { file, input, ungraceful, every, stop, json, as } = options;
  const { asWritten, spec: playbook } = await readPlaybookFile(file, {
    ...(input !== undefined && { inputs: input }),
    ...(ungraceful && { ungraceful }),
    isRun: true,
  });
  const spec: Written = { kind: kind.kind, playbook: asWritten };
  const subject = kind.subject({ playbook });
  if (stop) {
    await stopRehearsing(scheduleIdOf(kind, subject, 'default'), json);
    return;
  }
  if (every === undefined) {
    const given = {
      kind: kind as AnyKind,
      subject,
      spec: { kind: kind.kind, playbook },
      asWritten: spec,
    };
    await showDryRun(given, { file, ...(json && { json }), ...(as !== undefined && { as }) });
    return;
  }
  const schedule = resolveSchedule({ every });
  if (!schedule.ok) {
    throw new CliFailure(
      exitCodes.badInput,
      formatProblems(schedule.problems, { source: '--every' }),
    );
  }
  const start = {
    ...{ scheduleId: scheduleIdOf(kind, subject, 'default'), kind: kind.kind, subject, spec },
    ...{ workflowType: kind.workflowType, workflowId: workflowIdOf(kind, subject) },
    schedule: { every },
  };
  await withConnections(async (to) => {
    const applied = await apply({ start, schedule: schedule.spec }, to);
    if (json) printJson(applied);
    else print(`${applied.scheduleId}: ${applied.state}, every ${every}`);
  });
}

async function stopRehearsing(scheduleId: string, json = false): Promise<void> {
  await withConnections(async (to) => {
    const client = await to.temporal();
    const known = await readSchedule(client, scheduleId, 0);
    if (known !== undefined) await client.schedule.getHandle(scheduleId).delete();
    const state = known === undefined ? 'absent' : 'deleted';
    if (json) printJson({ scheduleId, state });
    else print(`${scheduleId}: ${state}`);
  });
}
