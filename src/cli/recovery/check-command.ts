import { Command, Option } from 'commander';
import { formatProblems } from '../../specs/kernel/problems.ts';
import type { PlaybookSpec } from '../../specs/recovery/playbook.ts';
import { planPlaybook } from '../../policies/recovery/playbooks/plan.ts';
import { examples } from '../commands/named-service.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { checkPlaybookFile, type PlaybookFile } from './read-playbook.ts';

export function createCheckCommand(): Command {
  return new Command('check')
    .summary('list every problem of playbooks')
    .description(
      'List every problem of these files and of what they include: unknown actions, wrong types, ' +
        'references to nothing. Starts nothing, needs no server.',
    )
    .argument('<file...>', 'YAML, or JSON if named so; - reads stdin')
    .addOption(new Option('--json', 'print the findings, and each valid playbook, as JSON'))
    .addHelpText('after', examples('belay playbook check examples/playbooks/*.yaml'))
    .action(async (files: string[], { json }: { json?: boolean }) => {
      const checked = await Promise.all(
        files.map((file) => checkPlaybookFile(file, { isRun: false })),
      );
      if (json) printJson(checked.map(toJson));
      else for (const each of checked) print(describe(each));
      if (checked.some(({ resolution }) => !resolution.ok)) process.exitCode = exitCodes.badInput;
    });
}

function describe({ file, resolution, lineOf }: PlaybookFile): string {
  if (!resolution.ok) {
    return formatProblems(resolution.problems, { source: file, ...(lineOf && { lineOf }) });
  }
  const { environment, playbook } = resolution.spec;
  const count = planPlaybook(resolution.spec).length;
  const needed = neededInputs(resolution.spec);
  const inputs = needed.length === 0 ? '' : `, needs ${needed.join(', ')}`;
  return `${file}: ok (${environment}/${playbook}, ${count} steps${inputs})`;
}

/** Inputs without a default and without a value. */
function neededInputs({ inputs, with: given }: PlaybookSpec): string[] {
  return Object.entries(inputs)
    .filter(([name, input]) => input.default === undefined && given[name] === undefined)
    .map(([name]) => name);
}

function toJson({ file, resolution, lineOf }: PlaybookFile): object {
  if (resolution.ok) return { file, ok: true, spec: resolution.spec };
  const problems = resolution.problems.map((each) => ({ ...each, line: lineOf?.(each.path) }));
  return { file, ok: false, problems };
}
