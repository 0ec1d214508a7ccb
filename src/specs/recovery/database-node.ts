import * as z from 'zod';
import type { NodeAddress } from '../../contracts/recovery/database-node.ts';
import { agentName } from '../kernel/agent-name.ts';
import { refusal } from '../kernel/given.ts';
import { idPart, mapping } from '../kernel/written.ts';

/** One PostgreSQL server of a replicated database, and who acts for it on its host. */
export interface DatabaseNode {
  name: string;
  agent: string;
  /** As the settings of the agent name it. */
  cluster: string;
  /** How the other nodes and clients reach it. */
  address: NodeAddress;
}

const accepted = 'write HOST:PORT, such as 10.0.0.1:5432 or [fd00::1]:5432';

const address = z
  .string({ error: refusal(accepted) })
  .transform((written, context): NodeAddress => {
    const [, bracketed, plain, digits] =
      /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(written) ?? [];
    const host = bracketed ?? plain;
    const port = Number(digits);
    if (host !== undefined && port > 0 && port < 65_536) return { host, port };
    context.addIssue(refusal(accepted)({ input: written }));
    return z.NEVER;
  });

export const nodeSchema = mapping(
  {
    agent: agentName.describe('Who acts for it, on its host.'),
    cluster: idPart('cluster').describe('As the settings of the agent name it.'),
    address: address.describe('How the other nodes and clients reach it: HOST:PORT.'),
  },
  { host: 'write address: HOST:PORT', port: 'write address: HOST:PORT' },
);
