import pino from 'pino';
import { afterAll, expect, it } from 'vitest';
import { createControlApi } from '../../src/track-front/control-api.ts';
import { TrackFront } from '../../src/track-front/track-front.ts';

const front = new TrackFront({
  version: 'v1',
  order: {
    ...{ fence: { rolloutId: 'run@1', step: 4 }, share: 0.1, replicas: 1, boundsMs: [] },
    ...{ keepMs: 60_000, longestMs: 600_000 },
  },
});

const api = createControlApi({
  ...{ front, name: { environment: 'demo', service: 'shop' } },
  ...{ token: 'a-secret-of-the-workers', log: pino({ level: 'silent' }) },
});

afterAll(() => front.stop());

const tracks = '/v1/services/demo/shop/tracks';
const authorization = 'Bearer a-secret-of-the-workers';

it('obeys nobody who does not know its token', async () => {
  expect((await api.request(tracks)).status).toBe(401);
  const body = JSON.stringify({ upstreams: [{ host: '203.0.113.9', port: 80 }] });
  const other = { method: 'PUT', body, headers: { authorization: 'Bearer another' } };
  expect((await api.request('/v1/upstreams', other)).status).toBe(401);
  expect((await api.request(tracks, { headers: { authorization } })).status).toBe(200);
});

it('tells the kubelet without a token that it is not ready, and nothing else', async () => {
  const answer = await api.request('/ready');
  expect([answer.status, await answer.text()]).toEqual([503, '']);
});

it('refuses to open the tracks of another run', async () => {
  const body = JSON.stringify({
    ...{ fence: { rolloutId: 'run@2', step: 9 }, share: 0.1, replicas: 1, boundsMs: [] },
    ...{ keepMs: 60_000, longestMs: 600_000 },
  });
  const answer = await api.request(tracks, { method: 'PUT', body, headers: { authorization } });
  expect(answer.status).toBe(409);
  expect(await answer.json()).toMatchObject({ error: { code: 'conflict' } });
});
