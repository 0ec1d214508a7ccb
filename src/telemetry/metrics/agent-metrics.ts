import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { agentContract } from '../../contracts/kernel/agent.ts';
import { packageVersion } from '../../config/package-version.ts';
import { createActivityMetrics } from './activity-metrics.ts';

/** Everything one agent counts, as docs/metrics.md lists it. */
export class AgentMetrics {
  readonly registry = new Registry();
  readonly #registers = [this.registry];
  readonly activities = createActivityMetrics(this.registry);
  readonly actsOpen = new Gauge({
    name: 'belay_agent_acts_open',
    help: 'Commands and leases that have not ended; agents are told apart by their instance.',
    labelNames: ['kind'],
    registers: this.#registers,
  });
  readonly revertsFailing = new Gauge({
    name: 'belay_agent_reverts_failing',
    help: 'Leases whose time is over and that could not be reverted so far.',
    registers: this.#registers,
  });

  constructor(agent: string) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'belay_agent_info',
      help: 'Always 1; the name, the version and the contract of this agent.',
      labelNames: ['agent', 'version', 'contract'],
      registers: this.#registers,
    }).set({ agent, version: packageVersion(), contract: agentContract }, 1);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
