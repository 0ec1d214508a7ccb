import { Command, Option } from 'commander';
import { examples } from '../commands/named-service.ts';
import type { LazyRunRegistry } from '../registry.ts';
import type { ScheduleOptions } from './apply-plan-schedules.ts';

/** The schedules of a plan, all at once. */
export function createPlanScheduleCommand(registry: LazyRunRegistry): Command {
  return new Command('schedule')
    .summary('schedule what a plan asks for')
    .description(
      'Create the schedules of a plan, or bring them to what it says: backups daily at 02:00 UTC, ' +
        'retention daily at 05:00 and drills on Sundays at 06:00, unless `schedules` says otherwise. ' +
        'A schedule that the plan does not want is deleted.',
    )
    .addOption(
      new Option(
        '-f, --file <plan>',
        'YAML, or JSON if named so; - reads stdin',
      ).makeOptionMandatory(),
    )
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText('after', examples('belay backup schedule -f plan.yaml'))
    .action(async (options: ScheduleOptions) => {
      const { applyPlanSchedules } = await import('./apply-plan-schedules.ts');
      await applyPlanSchedules(options, await registry.load());
    });
}
