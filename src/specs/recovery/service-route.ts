import { mapping, text } from '../kernel/written.ts';
import { agentProbe, type AgentProbe } from './agent-probe.ts';

/** A Service of Kubernetes without a selector, which workers lead by its EndpointSlice. */
export interface ServiceRoute {
  kind: 'service';
  /** Of the kubeconfig of the workers. Absent: the current one. */
  context?: string;
  namespace: string;
  service: string;
  /** Has to pass once it is led to the new primary. */
  probe?: AgentProbe;
}

const name = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

export const serviceRouteSchema = mapping(
  {
    context: text('write a context of the kubeconfig')
      .exactOptional()
      .describe('A context of BELAY_KUBERNETES_CONTEXTS. Default: the current one of the workers.'),
    namespace: text('write the name of a namespace', name).describe('Its namespace.'),
    service: text('write the name of a Service', name).describe(
      'A Service without a selector, with an EndpointSlice that Belay leads.',
    ),
    probe: agentProbe
      .exactOptional()
      .describe('A probe that has to pass through the Service once it leads to the new primary.'),
  },
  { agent: 'workers lead a Service; write an agent under probe', name: 'write service' },
);
