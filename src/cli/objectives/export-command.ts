import { Command, Option } from 'commander';
import { stringify } from 'yaml';
import { exportOpenSlo } from '../../policies/objectives/openslo/export-openslo.ts';
import { formatProblems } from '../../specs/kernel/problems.ts';
import type { SloMonitorSpec } from '../../specs/objectives/objective.ts';
import { examples } from '../commands/named-service.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print } from '../output.ts';
import type { RunRegistry } from '../registry.ts';
import { readMonitor } from './given-monitor.ts';

export function createExportCommand(registry: RunRegistry): Command {
  return new Command('export')
    .summary('the objectives of a file as OpenSLO v1')
    .description(
      'Print the objectives of a file as documents of OpenSLO v1. What OpenSLO has no words for is in the ' +
        'annotation x-belay, or refused with its path. Starts nothing, needs no server.',
    )
    .addOption(
      new Option(
        '-f, --file <file>',
        'YAML, or JSON if named so; - reads stdin',
      ).makeOptionMandatory(),
    )
    .addHelpText('after', examples('belay slo export -f examples/objectives/prometheus.yaml'))
    .action(async ({ file }: { file: string }) => {
      const { spec } = await readMonitor(file, registry);
      const exported = exportOpenSlo(spec as SloMonitorSpec);
      if (!exported.ok) {
        const source = file === '-' ? 'stdin' : file;
        throw new CliFailure(exitCodes.badInput, formatProblems(exported.problems, { source }));
      }
      const documents = exported.documents.map((each) => stringify(each, { lineWidth: 0 }));
      print(documents.join('---\n').trimEnd());
    });
}
