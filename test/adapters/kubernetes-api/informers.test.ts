import { expect, test } from 'vitest';
import { eventually } from '../../fixtures/eventually.ts';
import { listing, reply, startStandIn, type StandInServer } from './stand-in-server.ts';

const web = { kind: 'deployments', namespace: 'shop', name: 'web' } as const;

function deployment(resourceVersion: string, replicas = 1) {
  const metadata = { name: 'web', namespace: 'shop', uid: 'u1', resourceVersion };
  return { metadata: { ...metadata, labels: { app: 'web' } }, spec: { replicas } };
}

async function watching(server: StandInServer, count: number) {
  return await eventually(async () => {
    expect(server.watches).toHaveLength(count);
    return server.watches[count - 1]!;
  });
}

async function standInWith(replicas: number): Promise<StandInServer> {
  const server = await startStandIn();
  server.answer = (_, response) => reply(response, 200, listing('10', [deployment('5', replicas)]));
  return server;
}

test('many readers of one namespace cost one list and one watch', async () => {
  const server = await standInWith(3);
  const api = server.api();
  const reads = await Promise.all(Array.from({ length: 50 }, () => api.get(web)));
  expect(reads.map((read) => read?.spec?.replicas)).toEqual(Array(50).fill(3));
  const watch = await watching(server, 1);
  expect(server.asked).toHaveLength(1);
  expect(watch.query.get('resourceVersion')).toBe('10');
  expect(watch.query.get('allowWatchBookmarks')).toBe('true');
});

test('a watch that ends goes on where it was, after a bookmark at that', async () => {
  const server = await standInWith(1);
  const api = server.api();
  await api.get(web);
  const first = await watching(server, 1);
  first.send('MODIFIED', deployment('12', 2));
  first.send('BOOKMARK', { metadata: { resourceVersion: '40' } });
  await eventually(async () => expect((await api.get(web))?.spec?.replicas).toBe(2));
  first.end();
  const second = await watching(server, 2);
  expect(second.query.get('resourceVersion')).toBe('40');
  second.send('DELETED', deployment('41'));
  await eventually(async () => expect(await api.get(web)).toBeUndefined());
  expect(server.asked).toHaveLength(1);
});

test('a version that the server has forgotten means a new list', async () => {
  const server = await standInWith(1);
  const api = server.api();
  await api.get(web);
  const first = await watching(server, 1);
  server.answer = (_, response) => reply(response, 200, listing('90', [deployment('80', 7)]));
  first.send('ERROR', { kind: 'Status', code: 410, message: 'too old resource version' });
  await eventually(async () => expect((await api.get(web))?.spec?.replicas).toBe(7));
  expect((await watching(server, 2)).query.get('resourceVersion')).toBe('90');
});

test('while a watch is broken for long, nobody is told what was once so', async () => {
  const server = await standInWith(1);
  const api = server.api({ informers: { staleAfterMs: 300, longestPauseMs: 50 } });
  await api.get(web);
  const watch = await watching(server, 1);
  server.refuseWatch = (response) => response.destroy();
  watch.cut();
  await eventually(async () => {
    await expect(api.get(web)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('The cached list of deployments in namespace shop is'),
    });
  });
  server.refuseWatch = undefined;
  await eventually(async () => expect((await api.get(web))?.spec?.replicas).toBe(1));
});

test('a short break is bridged by what is known', async () => {
  const server = await standInWith(1);
  const api = server.api();
  await api.get(web);
  const watch = await watching(server, 1);
  let refused = 0;
  server.refuseWatch = (response) => {
    refused++;
    response.destroy();
  };
  watch.cut();
  await eventually(async () => expect(refused).toBeGreaterThan(1));
  expect((await api.get(web))?.spec?.replicas).toBe(1);
});

test('a watch that went silent is opened anew', async () => {
  const server = await standInWith(1);
  await server.api({ informers: { quietMs: 100, longestPauseMs: 50 } }).get(web);
  await watching(server, 2);
});

test('a list that is not allowed is told to the reader, and asked for again by the next', async () => {
  const server = await standInWith(1);
  const allowed = server.answer;
  const message = 'deployments is forbidden: User "b" cannot list resource "deployments"';
  server.answer = (_, response) => reply(response, 403, { message });
  const api = server.api();
  await expect(api.get(web)).rejects.toMatchObject({ code: 'unauthorized' });
  server.answer = allowed;
  expect((await api.get(web))?.spec?.replicas).toBe(1);
});

test('a long list comes in pages', async () => {
  const server = await startStandIn();
  server.answer = ({ url }, response) => {
    const last = url.searchParams.get('continue') === 'more';
    const metadata = { resourceVersion: '10', ...(!last && { continue: 'more' }) };
    const name = last ? 'b' : 'a';
    const item = { metadata: { name, namespace: 'shop', uid: name, resourceVersion: '2' } };
    reply(response, 200, { metadata, items: [item] });
  };
  const names = (await server.api().list('pods', 'shop')).map(({ metadata }) => metadata?.name);
  expect(names).toEqual(['a', 'b']);
});

test('our own write is read at once by everyone, with labels or without', async () => {
  const server = await standInWith(1);
  const api = server.api();
  const everywhere = async () => (await api.listEverywhere('deployments', { app: 'web' })).length;
  expect([(await api.get(web))?.spec?.replicas, await everywhere()]).toEqual([1, 1]);
  const unlabelled = deployment('20', 9);
  unlabelled.metadata.labels.app = 'other';
  server.answer = (_, response) => reply(response, 200, unlabelled);
  await api.patch(web, [{ op: 'replace', path: '/spec/replicas', value: 9 }]);
  expect([(await api.get(web))?.spec?.replicas, await everywhere()]).toEqual([9, 0]);
  (await watching(server, 2)).send('MODIFIED', deployment('15', 4));
  server.answer = (_, response) => reply(response, 200, { kind: 'Status', status: 'Success' });
  await api.remove(web, { uid: 'u1' });
  expect(await api.get(web)).toBeUndefined();
});

test('only the namespaces that Belay may watch are asked when it looks everywhere', async () => {
  const server = await startStandIn();
  await server.api({ namespaces: ['shop', 'billing'] }).listEverywhere('pods', { a: 'b' });
  expect(server.asked.map(({ url }) => url.pathname).sort()).toEqual([
    '/api/v1/namespaces/billing/pods',
    '/api/v1/namespaces/shop/pods',
  ]);
});

test('nobody can change what all readers share', async () => {
  const server = await standInWith(1);
  const read = await server.api().get(web);
  expect(() => Object.assign(read!.spec!, { replicas: 8 })).toThrow(TypeError);
});
