import { becomeUnprivileged } from './unprivileged.ts';

interface Service {
  programs: string;
  dataFolder: string;
  log: string;
  environment: NodeJS.ProcessEnv;
}

/** In the place of a service manager: what it starts outlives whoever has asked for it. */
export function serviceCommands({ programs, dataFolder, log, environment }: Service) {
  const variables = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  const control = [`${programs}/pg_ctl`, `--pgdata=${dataFolder}`, '--wait', '--silent'];
  const own = becomeUnprivileged([]);
  return {
    stop: script([...own, ...control, '--mode=fast', 'stop']),
    start: script([
      'env',
      '-i',
      ...variables,
      // A leader of its group is left at once otherwise, whatever becomes of the start.
      ...['setsid', '--wait'],
      ...own,
      ...control,
      `--log=${log}`,
      'start',
    ]),
  };
}

function script(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  return `#!/bin/sh\nexec ${quoted.join(' ')}\n`;
}
