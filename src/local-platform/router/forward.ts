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

/** Forwards a request to a port of this machine. Throws if no response began. */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { port, agent }: { port: number; agent: Agent },
): Promise<AnswerOutcome> {
  try {
    await proxy.web(request, response, {
      target: { host: '127.0.0.1', port },
      agent,
      xfwd: true,
      proxyTimeout: answerLimitMs,
      headers: { connection: 'keep-alive' },
    });
    return 'answered';
  } catch (error) {
    if (error instanceof NotConnected) return 'not-connected';
    throw error;
  }
}
