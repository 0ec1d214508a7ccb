import type { ToolAnswer } from '../../../contracts/backups/provider.ts';

/** What pgBackRest means by the exit codes that a person can do something about. */
const advice: Readonly<Record<number, string>> = {
  29: 'a file of the repository is damaged',
  32: 'an option is not accepted: compare the settings of the agent with the configuration of pgBackRest',
  37: 'an option is missing: compare the configuration of pgBackRest, and the secrets of the agent',
  38: 'PostgreSQL runs there: stop it first',
  40: 'the folder is not empty',
  50: 'another pgBackRest works on this stanza: try again when it is done',
  55: 'a file of the repository is missing',
  56: 'PostgreSQL could not be reached: is it running?',
  58: 'the primary could not be found',
  62: '`pgbackrest stop` was given: give `pgbackrest start`',
  75: 'there is no such set, or it must not be used',
  82: 'the log did not reach the repository in time: see why archive_command fails, or whether the replay of the standby is paused',
  103: 'the repository could not be read',
};

/** One line: the exit code, what it means, and the tool's own words. */
export function describeToolFailure({ exitCode, stdout, stderr }: ToolAnswer): string {
  const said = readErrors(`${stderr}\n${stdout}`);
  const meaning = advice[exitCode];
  const words = said.length > 0 ? said.join('; ') : oneLine(stderr || stdout).slice(-400);
  const meant = meaning === undefined ? '' : ` (${meaning})`;
  return `exit code ${exitCode}${meant}: ${words || 'it said nothing'}`;
}

/** The lines after `ERROR: [056]:`, and after psql's and PostgreSQL's `ERROR:` and `FATAL:`. */
export function readErrors(text: string): string[] {
  return text
    .split('\n')
    .map((line) => /\b(?:ERROR|FATAL|PANIC|error):\s*(?:\[\d+\]:\s*)?(.*)$/.exec(line)?.[1])
    .filter((found) => found !== undefined)
    .map((found) => oneLine(found).slice(0, 400));
}

/** Printable: what pgBackRest quotes of a file that it could not decrypt is bytes. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
}
