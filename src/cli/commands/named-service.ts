import { Command, Option } from 'commander';
import { rolloutKinds } from '../../kinds/rollouts.ts';
import type { Connections } from '../connections.ts';
import { parseServiceName, type ServiceName } from '../service-name.ts';

export interface NamedServiceOptions {
  environment?: string;
}

/** A command about one service: `SERVICE` or `ENVIRONMENT/SERVICE`, or `-e` beside it. */
export function serviceCommand(name: string): Command {
  return new Command(name)
    .argument('<service>', 'SERVICE, or ENVIRONMENT/SERVICE')
    .addOption(environmentOption());
}

export function environmentOption(): Option {
  return new Option(
    '-e, --environment <name>',
    'its environment, where more than one has a service of this name',
  );
}

/** The environment, where it was left out, is that of the only rollouts of a service of this name. */
export async function namedService(
  typed: string,
  options: NamedServiceOptions,
  to: Connections,
): Promise<ServiceName> {
  const { service, environment } = parseServiceName(typed, options.environment);
  const named = { name: service, ...(environment !== undefined && { environment }) };
  const { findRun } = await import('../runs/find-run.ts');
  const found = await findRun(named, Object.values(rolloutKinds), to);
  return { service: found.name, environment: found.environment };
}

/** For the end of a help text. */
export function examples(...lines: string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  $ ${line}`)].join('\n');
}
