import { Command, Option } from 'commander';
import { createCounterReader } from '../../adapters/prometheus/counter-reader.ts';
import { limitConcurrency } from '../../adapters/prometheus/client/limit-concurrency.ts';
import { loadConfig } from '../../config/load-config.ts';
import type { SpecProblem } from '../../specs/kernel/spec-problem.ts';
import type { Objective, SloMonitorSpec } from '../../specs/objectives/objective.ts';
import { examples } from '../commands/named-service.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import type { RunRegistry } from '../registry.ts';
import { describeProblems, type GivenResolution } from '../runs/given-run.ts';
import { resolveMonitor } from './given-monitor.ts';

interface CheckOptions {
  ask?: boolean;
  json?: boolean;
}

export function createCheckCommand(registry: RunRegistry): Command {
  return new Command('check')
    .summary('list every problem of the objectives of a file')
    .description(
      'List every problem of these files. Starts nothing, and needs no server unless --ask is given.',
    )
    .argument('<file...>', 'YAML, or JSON if named so; - reads stdin')
    .addOption(
      new Option(
        '--ask',
        'also ask Prometheus (BELAY_PROMETHEUS_URL) for the series of each objective',
      ),
    )
    .addOption(new Option('--json', 'print the findings, and each valid spec, as JSON'))
    .addHelpText(
      'after',
      examples('belay slo check examples/objectives/*.yaml', 'belay slo check --ask prod.yaml'),
    )
    .action(async (files: string[], { ask, json }: CheckOptions) => {
      const checked = await Promise.all(
        files.map(async (file) => {
          const resolution = await resolveMonitor(file, registry);
          return { file, resolution: ask ? await askSources(resolution) : resolution };
        }),
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

const askTimeoutMs = 10_000;
/** Each has ten seconds of its own, however many there are. */
const askedAtOnce = 8;

/** A selector that matches nothing is a problem now, and would be silence later. */
async function askSources(resolution: GivenResolution): Promise<GivenResolution> {
  if (!resolution.ok) return resolution;
  const { objectives } = resolution.given.spec as SloMonitorSpec;
  const read = createCounterReader(loadConfig(process.env).prometheus, () => (call) => call());
  const inTurn = limitConcurrency(askedAtOnce);
  const askOf = async ({ source }: Objective, index: number): Promise<SpecProblem[]> => {
    if (source.of !== 'prometheus') return [];
    try {
      await read(source, Date.now(), askTimeoutMs);
      return [];
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return [{ path: `objectives[${index}].prometheus`, message }];
    }
  };
  const problems = await Promise.all(
    objectives.map((objective, index) => inTurn(() => askOf(objective, index))),
  );
  const found = problems.flat();
  return found.length === 0 ? resolution : { ok: false, problems: found };
}

function describe({ file, resolution }: Checked): string {
  if (!resolution.ok) return describeProblems(file, resolution);
  const { environment, objectives } = resolution.given.spec as SloMonitorSpec;
  const many = objectives.length === 1 ? '1 objective' : `${objectives.length} objectives`;
  return `${file}: ok (${environment}, ${many})`;
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
