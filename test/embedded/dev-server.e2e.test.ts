import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectClient, connectWorker } from '../../src/adapters/temporal/connection.ts';
import { missingSearchAttributes } from '../../src/adapters/temporal/search-attributes.ts';
import { homeLayout } from '../../src/config/home.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { DevServerFailed, startDevServer } from '../../src/embedded/dev-server.ts';
import { locateTemporal } from '../../src/embedded/locate.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { searchAttributeNames } from '../../src/contracts/kernel/search-attributes.ts';
import { DurableServer } from '../fixtures/temporal.ts';

const service = defineSearchAttributeKey(searchAttributeNames.service, SearchAttributeType.KEYWORD);
const noSettings = { HOME: '/nowhere' };

describe('the development server of belay up', () => {
  let server: DurableServer;

  beforeAll(async () => {
    server = await DurableServer.start();
  });

  afterAll(() => server.dispose());

  const withClient = async <T>(act: (client: Awaited<ReturnType<typeof connectClient>>) => T) => {
    const client = await connectClient(server, noSettings);
    try {
      return await act(client);
    } finally {
      await client.connection.close();
    }
  };

  test('is found by commands and workers through its home alone', async () => {
    const { connection, namespace } = await connectWorker(server, noSettings);
    await connection.close();
    expect(namespace).toBe('default');
    await withClient((client) => expect(client.options.namespace).toBe('default'));
  });

  test('keeps closed workflows for thirty days', async () => {
    const { config } = await withClient((client) =>
      client.workflowService.describeNamespace({ namespace: 'default' }),
    );
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
  });

  test('serves its Web UI', async () => {
    const response = await fetch(server.running.uiUrl);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('sveltekit');
  });

  test('remembers workflows and search attributes after a SIGKILL', async () => {
    await withClient((client) =>
      client.workflow.start('anything', {
        workflowId: 'kept',
        taskQueue: 'nobody-polls',
        typedSearchAttributes: [{ key: service, value: 'shop' }],
      }),
    );
    await server.kill();
    await server.startAgain();
    await withClient(async (client) => {
      expect(await missingSearchAttributes(client.connection, 'default')).toEqual([]);
      const { status, typedSearchAttributes } = await client.workflow.getHandle('kept').describe();
      expect(status.name).toBe('RUNNING');
      expect(typedSearchAttributes.get(service)).toBe('shop');
    });
  });

  test('writes to a write-ahead log, so that no write waits for the disk', async () => {
    expect(await fileFormatVersions(homeLayout(server.home).temporalDatabase)).toEqual({
      write: 'WAL',
      read: 'WAL',
    });
  });

  test('says why it did not start, with the last lines of its log', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const { path } = await locateTemporal({ cache: loadConfig().cache });
    try {
      const start = startDevServer({
        executable: path,
        home: `${server.home}/second`,
        port,
        uiPort: await freePort(),
      });
      await expect(start).rejects.toThrow(DevServerFailed);
      await expect(start).rejects.toThrow(/exit code 1[^]*temporal\.log[^]*address already in use/);
    } finally {
      taken.close();
    }
  });
});

/** From the header of the database file (https://www.sqlite.org/fileformat2.html, 1.3.3). */
async function fileFormatVersions(path: string) {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 18);
    const name = (version: number | undefined) => (version === 2 ? 'WAL' : `legacy (${version})`);
    return { write: name(buffer[0]), read: name(buffer[1]) };
  } finally {
    await file.close();
  }
}
