import { Command, Option } from 'commander';
import { planOccurrences } from '../../policies/chaos/campaigns/plan-occurrences.ts';
import type { ChaosCampaignSpec } from '../../specs/chaos/campaign-spec.ts';
import type { ChaosExperimentSpec } from '../../specs/chaos/experiment.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { examples } from '../commands/named-service.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import type { RunRegistry } from '../registry.ts';
import { describeProblems, type GivenResolution } from '../runs/given-run.ts';
import { resolveExperiment } from './given-experiment.ts';

export function createCheckCommand(registry: RunRegistry): Command {
  return new Command('check')
    .summary('list every problem of experiments and campaigns')
    .description('List every problem of these files. Starts nothing, needs no server.')
    .argument('<file...>', 'YAML, or JSON if named so; - reads stdin')
    .addOption(new Option('--json', 'print the findings, and each valid spec, as JSON'))
    .addHelpText('after', examples('belay chaos check examples/chaos/*.yaml'))
    .action(async (files: string[], { json }: { json?: boolean }) => {
      const checked = await Promise.all(
        files.map(async (file) => ({ file, resolution: await resolveExperiment(file, registry) })),
      );
      if (json) printJson(checked.map(toJson));
      else for (const each of checked) print(describe(each));
      if (checked.some(({ resolution }) => !resolution.ok)) process.exitCode = exitCodes.badInput;
    });
}

interface Checked {
  file: string;
  resolution: GivenResolution;
}

function describe({ file, resolution }: Checked): string {
  if (!resolution.ok) return describeProblems(file, resolution);
  const { subject, spec } = resolution.given;
  const what = describeSpec(spec as ChaosExperimentSpec | ChaosCampaignSpec);
  return `${file}: ok (${subject.environment}/${subject.name}, ${what})`;
}

function describeSpec(spec: ChaosExperimentSpec | ChaosCampaignSpec): string {
  if (spec.kind === 'chaosCampaign') {
    const within = spec.lastsMs === undefined ? '' : ` in ${formatDuration(spec.lastsMs)}`;
    const times = count(planOccurrences(spec).length, 'time');
    return `${count(spec.experiments.length, 'experiment')}, ${times}${within}`;
  }
  const { fault, durationMs, hypothesis } = spec;
  return `${fault.type} for ${formatDuration(durationMs)}, ${count(hypothesis.length, 'metric')}`;
}

function count(many: number, noun: string): string {
  return `${many} ${noun}${many === 1 ? '' : 's'}`;
}

function toJson({ file, resolution }: Checked): object {
  if (resolution.ok) return { file, ok: true, spec: resolution.given.spec };
  const { problems, lineOf } = resolution;
  return {
    file,
    ok: false,
    problems: problems.map((each) => ({ ...each, line: lineOf?.(each.path) })),
  };
}
