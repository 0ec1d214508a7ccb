import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Logger } from 'pino';
import { EncryptionCodec } from '../src/adapters/temporal/payload-codec.ts';
import { PayloadKeys } from '../src/adapters/temporal/payload-keys.ts';
import { readRunningServer } from '../src/adapters/temporal/running-server.ts';
import type { CodecServerSettings, Config } from '../src/config/config.ts';
import { InvalidConfig, type ConfigProblem } from '../src/config/load-config.ts';
import { createCodecApi } from '../src/codec-server/api.ts';
import { isLoopback, readSecrets, type Credential } from '../src/http/credentials.ts';

export interface CodecServer {
  url: string;
  close(): Promise<void>;
}

type ServerConfig = Pick<Config, 'home' | 'codecServer' | 'payloadKeysFile'>;

/** Listens. Throws InvalidConfig with every problem; rejects where the port is taken. */
export async function startCodecServer(config: ServerConfig, log: Logger): Promise<CodecServer> {
  const { home, codecServer, payloadKeysFile: file } = config;
  const tokens = readTokens(codecServer, file);
  const keys = new PayloadKeys({
    ...(file !== undefined && { file }),
    onProblem: ({ message }) => log.warn(`payload keys stay as they were: ${message}`),
  });
  const origins = codecServer.origins ?? (await pagesOfUp(home));
  const app = createCodecApi({ codec: new EncryptionCodec(keys), tokens, origins, log });
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { headersTimeout: 10_000, requestTimeout: 30_000 },
  }) as Server;
  server.listen(codecServer.port, codecServer.address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = codecServer.address.includes(':') ? `[${codecServer.address}]` : codecServer.address;
  return {
    url: `http://${host}:${port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function readTokens(
  { address, tokenFile }: CodecServerSettings,
  keysFile: string | undefined,
): Credential[] {
  const problems: ConfigProblem[] = [];
  let tokens: Credential[] = [];
  if (keysFile === undefined) {
    problems.push({ variable: 'BELAY_PAYLOAD_KEYS_FILE', message: 'missing: it holds the keys' });
  }
  const variable = 'BELAY_CODEC_TOKEN_FILE';
  if (tokenFile !== undefined) {
    const found = readSecrets(tokenFile);
    tokens = found.credentials;
    problems.push(
      ...found.problems.map((problem) => ({ variable, message: `${tokenFile}: ${problem}` })),
    );
  } else if (!isLoopback(address)) {
    problems.push({
      variable,
      message: `missing: on ${address} anybody could read payloads. Name a file with a token, or listen on 127.0.0.1`,
    });
  }
  if (problems.length > 0) throw new InvalidConfig(problems);
  return tokens;
}

/** Where a browser finds the Web UI of the `belay up` that runs, by either name of loopback. */
async function pagesOfUp(home: string): Promise<string[]> {
  const running = await readRunningServer(home);
  if (running === undefined) return [];
  const { origin, port } = new URL(running.uiUrl);
  return [...new Set([origin, `http://localhost:${port}`, `http://127.0.0.1:${port}`])];
}
