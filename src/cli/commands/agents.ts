import { Command, Option } from 'commander';
import type { Client } from '@temporalio/client';
import { forgetAgent, listAgentPollers, listAgentRecords } from '../../adapters/temporal/agents.ts';
import { judgePresence } from '../../policies/kernel/agents/judge-presence.ts';
import { withConnections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson, remark } from '../output.ts';
import { renderAgents, type ListedAgent } from '../render/agents.ts';
import { pageFor } from '../render/page.ts';
import { examples } from './named-service.ts';

interface AgentsOptions {
  json?: boolean;
  forget?: string;
}

export function createAgentsCommand(): Command {
  return new Command('agents')
    .summary('show agents, where they are and what they can do')
    .description(
      'Show every agent that has started: its host, version and contract, when Temporal saw it last, ' +
        'and what it can do. One that is away stays listed until it is forgotten.',
    )
    .addOption(new Option('--json', 'print them as JSON, with all capabilities'))
    .addOption(
      new Option('--forget <name>', 'remove the record of an agent that is gone').conflicts('json'),
    )
    .addHelpText('after', examples('belay agents', 'belay agents --forget db-1'))
    .action(({ json, forget }: AgentsOptions) =>
      withConnections(async ({ temporal }) => {
        const client = await temporal();
        if (forget !== undefined) {
          await forgetOne(client, forget);
          return;
        }
        const agents = await listAgents(client);
        if (json) printJson(agents);
        else print(renderAgents(agents, pageFor(process.stdout, process.env)));
      }),
    );
}

async function listAgents(client: Client): Promise<ListedAgent[]> {
  const records = await listAgentRecords(client);
  return Promise.all(
    records.map(async ({ description, hasStopped, recordedAtMs }) => {
      const { instance } = description;
      const pollers = await listAgentPollers(client, description.name);
      const facts = { instance, hasStopped, recordedAtMs, pollers };
      return { ...description, ...judgePresence(facts, Date.now()) };
    }),
  );
}

async function forgetOne(client: Client, name: string): Promise<void> {
  if (!(await forgetAgent(client, name))) {
    throw new CliFailure(exitCodes.badInput, `There is no agent ${name}: see belay agents.`);
  }
  remark(`Forgot agent ${name}. It is listed again when it starts.`);
}
