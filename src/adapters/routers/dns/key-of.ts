import { DnsError } from '../../dns/dns-error.ts';
import { readKey, type TransactionKey } from '../../dns/key-file.ts';
import { readProgramSecrets } from '../../../config/agent-file.ts';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { DnsSettings } from '../../../specs/kernel/routers.ts';

/** As it is now: a key can be changed under a running agent. Throws AgentError that never says what it is. */
export async function keyOf({ secrets }: Pick<DnsSettings, 'secrets'>): Promise<TransactionKey> {
  const read = await readProgramSecrets({ secrets });
  if (!read.ok) {
    const said = read.problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new AgentError('unfinished', said);
  }
  const { value = '' } = read.secrets.find(({ name }) => name === 'TSIG_KEY') ?? {};
  try {
    return readKey(value);
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
    throw new AgentError('refused', `secrets.TSIG_KEY: ${error.message}`);
  }
}
