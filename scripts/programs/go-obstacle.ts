import { isThere } from './is-there.ts';
import { runCommand } from './run-command.ts';

const oldestGo = [1, 26] as const;

/** Why programs cannot be built from Go modules here; empty if they can. */
export async function goObstacle(): Promise<string[]> {
  const [major, minor] = oldestGo;
  const advice = `Go ${major}.${minor} or newer builds the programs`;
  if (!(await isThere('go'))) return [`${advice}: there is no go on the PATH`];
  const said = await runCommand(['go', 'env', 'GOVERSION']);
  const match = /^go(\d+)\.(\d+)/.exec(said);
  const isNewEnough =
    Number(match?.[1]) > major || (Number(match?.[1]) === major && Number(match?.[2]) >= minor);
  return isNewEnough ? [] : [`${advice}: this is ${said.trim()}`];
}
