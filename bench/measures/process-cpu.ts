import { readFile } from 'node:fs/promises';

/** Linux accounts in these, whatever its own tick is. */
const ticksPerSecond = 100;

/** CPU time that a process has used since its start, of all its threads. */
export async function readCpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The command's name comes second, in parentheses, and may itself hold any character.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [fields[11], fields[12]];
  return (Number(user) + Number(system)) / ticksPerSecond;
}
