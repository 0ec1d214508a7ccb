import { Command, Option } from 'commander';
import type { Connections } from '../connections.ts';
import { findService } from '../rollouts/find-service.ts';
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

export function namedService(
  typed: string,
  { environment }: NamedServiceOptions,
  to: Connections,
): Promise<ServiceName> {
  return findService(parseServiceName(typed, environment), to);
}

/** For the end of a help text. */
export function examples(...lines: string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  $ ${line}`)].join('\n');
}
