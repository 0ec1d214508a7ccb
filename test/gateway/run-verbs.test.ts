import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kindsWithErrands } from '../fixtures/errands.ts';
import { GatewayOnLoopback } from './gateway-on-loopback.ts';

let gateway: GatewayOnLoopback;
beforeEach(async () => {
  gateway = new GatewayOnLoopback();
  await gateway.start({ kinds: kindsWithErrands });
});
afterEach(() => gateway.stop());

async function answerOf(answer: Promise<Response>) {
  const { status, body } = await answer.then(async (response) => ({
    status: response.status,
    body: (await response.json()) as { error?: { message: string } },
  }));
  return { status, message: body.error?.message };
}

describe('a verb for a run of any kind', () => {
  it.each([
    ['/v1/runs/errand/demo/milk/abort', 'errand/demo/milk'],
    ['/v1/runs/errands/demo/milk/abort', 'errand/demo/milk'],
    ['/v1/runs/rollout/demo/shop/abort', 'rollout/demo/shop'],
    ['/v1/runs/rollouts/demo/shop/abort', 'rollout/demo/shop'],
    ['/v1/services/demo/shop/abort', 'rollout/demo/shop'],
  ])('by %s reaches %s', async (path, workflowId) => {
    const { status } = await answerOf(gateway.post(path, { by: 'ci', runRef: 'r1' }));
    expect(status).toBe(200);
    const [sent] = gateway.sent;
    expect(sent).toMatchObject({ workflowId, verb: 'abort', input: { by: 'ci', runRef: 'r1' } });
  });

  it.each([
    ['/v1/runs/erand/demo/milk/abort', 'there are no runs of "erand"; did you mean "errand"?'],
    [
      '/v1/runs/errand/demo/milk/promote',
      'there is no verb "promote"; there are approve, retry, abort',
    ],
    ['/v1/runs/errand/demo/a%2Fb/abort', 'no run errand/demo/a/b is open'],
  ])('by %s is answered with 404: %s', async (path, message) => {
    const answer = await answerOf(gateway.post(path, {}));
    expect(answer.status).toBe(404);
    expect(answer.message).toContain(message);
    expect(gateway.sent).toEqual([]);
  });

  it('has an idempotency key of its own for each run, whatever path leads there', async () => {
    const key = { 'idempotency-key': 'build-7' };
    await gateway.post('/v1/runs/rollout/demo/shop/abort', {}, key);
    await gateway.post('/v1/services/demo/shop/abort', {}, key);
    await gateway.post('/v1/runs/errand/demo/shop/abort', {}, key);
    const [one, same, other] = gateway.sent.map(({ updateId }) => updateId);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });
});
