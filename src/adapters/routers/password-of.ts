import { readProgramSecrets } from '../../config/agent-file.ts';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { RouterLogin } from '../../specs/kernel/routers.ts';

export async function passwordOf({
  secrets,
}: Pick<RouterLogin, 'secrets'>): Promise<string | undefined> {
  const read = await readProgramSecrets({ secrets });
  if (read.ok) return read.secrets.find(({ name }) => name === 'PGPASSWORD')?.value;
  const said = read.problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new AgentError('unfinished', said);
}
