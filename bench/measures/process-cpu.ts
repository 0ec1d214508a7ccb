import { readFile } from 'node:fs/promises';

/** The unit in which Linux counts CPU time, whatever its own tick is. */
const ticksPerSecond = 100;

/** The CPU time of all threads of a process since its start. */
export async function readCpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The second field is the command's name in parentheses, which may contain any character.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [fields[11], fields[12]];
  return (Number(user) + Number(system)) / ticksPerSecond;
}
