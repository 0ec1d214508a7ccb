import { Command, Option } from 'commander';
import { parseAllDocuments, stringify } from 'yaml';
import { importOpenSlo } from '../../policies/objectives/openslo/import-openslo.ts';
import { formatProblems } from '../../specs/kernel/problems.ts';
import type { SpecProblem } from '../../specs/kernel/spec-problem.ts';
import { examples } from '../commands/named-service.ts';
import { readText } from '../commands/spec-file.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, remark } from '../output.ts';
import type { RunRegistry } from '../registry.ts';

export function createImportCommand(registry: RunRegistry): Command {
  return new Command('import')
    .summary('objectives of a file of OpenSLO v1')
    .description(
      'Print the SLOs of a file of OpenSLO v1 as a monitor, to be kept as a file of its own. What cannot be ' +
        'honoured is refused, with its path. Starts nothing, needs no server.',
    )
    .argument('<file>', 'YAML, or JSON; - reads stdin')
    .addOption(
      new Option('-e, --environment <name>', 'of the monitor (default: the label of the SLOs)'),
    )
    .addHelpText(
      'after',
      examples('belay slo import examples/objectives/openslo/shop.yaml > objectives.yaml'),
    )
    .action(async (file: string, options: { environment?: string }) => {
      const source = file === '-' ? 'stdin' : file;
      const fail = (problems: readonly SpecProblem[]) =>
        new CliFailure(exitCodes.badInput, formatProblems(problems, { source }));
      const imported = importOpenSlo(readDocuments(await readText(file), fail), options);
      if (!imported.ok) throw fail(imported.problems);
      const { monitor, origins, leftOut } = imported;
      const resolution = registry.resolveSpec('sloMonitor', monitor);
      if (resolution?.ok === false) throw fail(resolution.problems.map(inOrigin(origins)));
      for (const path of leftOut) remark(`${source}: ${path} has no effect and is left out`);
      print(stringify(monitor, { lineWidth: 0 }).trimEnd());
    });
}

function readDocuments(
  text: string,
  fail: (problems: readonly SpecProblem[]) => CliFailure,
): unknown[] {
  const documents = parseAllDocuments(text);
  const parsed = Array.isArray(documents) ? documents : [];
  const problems = parsed.flatMap(({ errors }, index) =>
    errors.map(({ message }) => ({
      ...{ path: `documents[${index}]`, message: message.split('\n')[0] ?? 'is no YAML' },
    })),
  );
  if (problems.length > 0) throw fail(problems);
  return parsed.map((each) => each.toJS() as unknown).filter((each) => each !== null);
}

/** A problem of an objective where it was written. */
function inOrigin(origins: readonly string[]): (problem: SpecProblem) => SpecProblem {
  return ({ path, message }) => {
    const [, index, key = ''] = /^objectives\[(\d+)\][.]?(.*)$/.exec(path) ?? [];
    const origin = index === undefined ? undefined : origins[Number(index)];
    if (origin === undefined) return { path, message };
    return { path: origin, message: key === '' ? message : `as ${key} of Belay: ${message}` };
  };
}
