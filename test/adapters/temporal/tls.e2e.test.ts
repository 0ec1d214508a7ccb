import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { connect as connectPlain, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { inspect } from 'node:util';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectClient, connectWorker } from '../../../src/adapters/temporal/connection.ts';
import { TemporalUnreachable } from '../../../src/adapters/temporal/unreachable.ts';
import { InvalidConfig } from '../../../src/config/load-config.ts';
import { Authority, type Certificate } from '../../fixtures/certificates.ts';
import { devServer } from '../../fixtures/temporal.ts';

const folder = mkdtempSync(join(tmpdir(), 'belay-tls-'));
const apiKey = 'an-api-key-of-the-tests';
const home = { home: folder };
let temporal: TestWorkflowEnvironment;
let authority: Authority;
let client: Certificate;
const servers: (Server | Http2SecureServer)[] = [];

beforeAll(async () => {
  temporal = await devServer();
  authority = new Authority(folder, 'authority');
  client = authority.sign('belay', 'DNS:belay');
});
afterAll(async () => {
  for (const server of servers) server.close();
  await temporal.teardown();
  rmSync(folder, { recursive: true });
});

function optionsOf({ cert, key }: Certificate): TlsOptions {
  return { cert: readFileSync(cert), key: readFileSync(key), ALPNProtocols: ['h2'] };
}

/** Terminates TLS in front of the development server, and lets in whom the authority knows. */
async function inFront(certificate: Certificate): Promise<string> {
  const [host = '', port = ''] = temporal.address.split(':');
  const ca = readFileSync(authority.cert);
  const server = createServer({ ...optionsOf(certificate), ca, requestCert: true }, (socket) => {
    const behind = connectPlain(Number(port), host);
    socket.pipe(behind).pipe(socket);
    for (const end of [socket, behind]) {
      end.on('error', () => {
        socket.destroy();
        behind.destroy();
      });
    }
  });
  server.on('tlsClientError', () => undefined);
  return listen(server);
}

/** Answers every call with a refusal, and keeps how it was asked. */
async function refusing(certificate: Certificate, asked: (string | undefined)[]): Promise<string> {
  const { cert, key } = optionsOf(certificate);
  const server = createSecureServer({ cert, key } as TlsOptions);
  server.on('stream', (stream, headers) => {
    asked.push(headers.authorization);
    stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': '16',
        'grpc-message': 'this key was revoked',
      },
      { endStream: true },
    );
  });
  return listen(server);
}

async function listen(server: Server | Http2SecureServer): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `localhost:${(server.address() as AddressInfo).port}`;
}

function settings(address: string, over: Record<string, string> = {}): Record<string, string> {
  return {
    HOME: folder,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority.cert,
    TEMPORAL_TLS_CLIENT_CERT_PATH: client.cert,
    TEMPORAL_TLS_CLIENT_KEY_PATH: client.key,
    ...over,
  };
}

async function failureOf(connecting: Promise<unknown>): Promise<TemporalUnreachable> {
  const error = await connecting.then(
    () => new Error('it connected'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof TemporalUnreachable) return error;
  throw error;
}

describe('a Temporal behind TLS that wants client certificates', () => {
  let address: string;
  beforeAll(async () => {
    address = await inFront(authority.sign('server', 'DNS:localhost'));
  });

  it('is reached by commands and workers with the TEMPORAL_TLS_* settings', async () => {
    const command = await connectClient(home, settings(address));
    const { serverVersion } = await command.workflowService.getSystemInfo({});
    expect(serverVersion).toMatch(/^\d+\./);
    await command.connection.close();
    const { connection } = await connectWorker(home, settings(address));
    const info = await connection.workflowService.getSystemInfo({});
    expect(info.serverVersion).toBe(serverVersion);
    await connection.close();
  });

  it.each([
    ['commands', connectClient],
    ['workers', connectWorker],
  ])('tells %s that it wants a certificate where they have none', async (_who, connect) => {
    const none = { TEMPORAL_TLS_CLIENT_CERT_PATH: '', TEMPORAL_TLS_CLIENT_KEY_PATH: '' };
    const { message } = await failureOf(connect(home, settings(address, none)));
    expect(message).toMatch(/TLS: .*certificate required.*Check the TEMPORAL_TLS_\* settings/s);
  });

  it.each([
    ['commands', connectClient],
    ['workers', connectWorker],
  ])('is not trusted by %s on the word of another authority', async (who, connect) => {
    const other = new Authority(folder, `other-${who}`);
    const trusted = { TEMPORAL_TLS_SERVER_CA_CERT_PATH: other.cert };
    const { message } = await failureOf(connect(home, settings(address, trusted)));
    expect(message).toMatch(
      /No Temporal server answers at localhost:\d+.*TLS: .*(self-signed|unable to)/s,
    );
  });

  it('is not trusted under a name that its certificate does not hold', async () => {
    const elsewhere = await inFront(authority.sign('elsewhere', 'DNS:temporal.example.com'));
    const { message } = await failureOf(connectClient(home, settings(elsewhere)));
    expect(message).toMatch(/TLS: Hostname\/IP does not match certificate's altnames/);
    const named = { TEMPORAL_TLS_SERVER_NAME: 'temporal.example.com' };
    const command = await connectClient(home, settings(elsewhere, named));
    await command.connection.close();
  });

  it('is not tried with half a pair of certificate and key', async () => {
    const half = settings(address, { TEMPORAL_TLS_CLIENT_KEY_PATH: '' });
    const connecting = connectClient(home, half);
    await expect(connecting).rejects.toThrow(InvalidConfig);
    await expect(connecting).rejects.toThrow(/set both TEMPORAL_TLS_CLIENT_CERT_PATH/);
  });
});

describe('a Temporal that wants an API key', () => {
  it.each([
    ['commands', connectClient],
    ['workers', connectWorker],
  ])('gets it from %s as a bearer token, and no error shows it', async (who, connect) => {
    const asked: (string | undefined)[] = [];
    const address = await refusing(authority.sign(`cloud-${who}`, 'DNS:localhost'), asked);
    const error = await failureOf(connect(home, settings(address, { TEMPORAL_API_KEY: apiKey })));
    expect(asked[0]).toBe(`Bearer ${apiKey}`);
    expect(error.message).toMatch(
      /refuses these credentials \(.*this key was revoked.*TEMPORAL_API_KEY/s,
    );
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(apiKey);
    expect(inspect(error, { depth: 20 })).not.toContain('PRIVATE KEY');
  });
});
