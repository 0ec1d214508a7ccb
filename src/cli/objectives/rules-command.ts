import { Command, Option } from 'commander';
import { stringify } from 'yaml';
import { prometheusRules } from '../../policies/objectives/prometheus-rules.ts';
import type { SloMonitorSpec } from '../../specs/objectives/objective.ts';
import { examples } from '../commands/named-service.ts';
import { print } from '../output.ts';
import type { RunRegistry } from '../registry.ts';
import { readMonitor } from './given-monitor.ts';

export function createRulesCommand(registry: RunRegistry): Command {
  return new Command('rules')
    .summary('print rules for Prometheus for the same objectives')
    .description(
      'Print alerts on the burn rates of the objectives of a file that Prometheus counts, for those who are ' +
        'paged from there: the same windows, factors and floors. Starts nothing, needs no server.',
    )
    .addOption(
      new Option(
        '-f, --file <file>',
        'YAML, or JSON if named so; - reads stdin',
      ).makeOptionMandatory(),
    )
    .addHelpText('after', examples('belay slo rules -f examples/objectives/prometheus.yaml'))
    .action(async ({ file }: { file: string }) => {
      const { spec } = await readMonitor(file, registry);
      print(stringify(prometheusRules(spec as SloMonitorSpec), { lineWidth: 0 }).trimEnd());
    });
}
