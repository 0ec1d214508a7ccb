import type { Agent, IncomingMessage, ServerResponse } from 'node:http';
import { createProxyServer } from 'httpxy';
import type { AnswerOutcome } from '../replicas/replica.ts';
import { NotConnected } from './connect-first-agent.ts';

const answerLimitMs = 120_000;

const proxy = createProxyServer();

// Connections end at the router: the replica's connection headers are not for the client.
proxy.on('proxyRes', ({ headers }) => {
  delete headers.connection;
  delete headers['keep-alive'];
});

export interface ForwardTo {
  /** Default: this machine. */
  host?: string;
  port: number;
  agent: Agent;
  /** The headers that say who has sent it stay as they came: whoever answers may rely on them. Default: false. */
  keepsHeaders?: boolean;
}

/** Forwards a request. Throws if no response began. */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { host = '127.0.0.1', port, agent, keepsHeaders = false }: ForwardTo,
): Promise<AnswerOutcome> {
  try {
    await proxy.web(request, response, {
      target: { host, port },
      agent,
      xfwd: !keepsHeaders,
      proxyTimeout: answerLimitMs,
      headers: { connection: 'keep-alive' },
    });
    return 'answered';
  } catch (error) {
    if (error instanceof NotConnected) return 'not-connected';
    throw error;
  }
}
