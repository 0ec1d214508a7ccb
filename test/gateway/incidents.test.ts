import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firing, GatewayOnLoopback, notificationOf } from './gateway-on-loopback.ts';

const tokens = [
  { name: 'monitoring', secret: 'secret-of-monitoring', scopes: [{ kind: 'alerts' as const }] },
  {
    name: 'desk',
    secret: 'secret-of-the-desk',
    scopes: [{ kind: 'declare' as const, environment: 'prod' }],
  },
];
const as = (secret: string) => ({ authorization: `Bearer ${secret}` });
const desk = as('secret-of-the-desk');
const monitoring = as('secret-of-monitoring');

let gateway: GatewayOnLoopback;
beforeEach(async () => {
  gateway = new GatewayOnLoopback();
  await gateway.start({ credentials: { tokens, signingSecrets: [] } });
});
afterEach(() => gateway.stop());

async function answerOf(answer: Promise<Response>) {
  const response = await answer;
  const body = (await response.json()) as Record<string, unknown> & {
    error?: { message: string; problems?: string[] };
  };
  return { status: response.status, body };
}

const outage = { environment: 'prod', services: ['shop'], summary: 'checkout returns 500' };

describe('POST /v1/incidents', () => {
  it('declares an incident that is called after its service, in the name of the caller', async () => {
    const { status, body } = await answerOf(
      gateway.post('/v1/incidents', { ...outage, severity: 'sev2', why: 'a call' }, desk),
    );
    expect({ status, body }).toMatchObject({
      ...{ status: 201 },
      body: { workflowId: 'incident/prod/shop', result: 'declared', severity: 'sev2' },
    });
    expect(gateway.declared).toMatchObject([
      { by: 'desk', why: 'a call', asWritten: { incident: 'shop', summary: outage.summary } },
    ]);
  });

  it('is the same declaration with the same key, and another one without', async () => {
    const key = { ...desk, 'idempotency-key': 'ticket-7' };
    await gateway.post('/v1/incidents', outage, key);
    await gateway.post('/v1/incidents', { ...outage, idempotencyKey: 'ticket-7' }, desk);
    await gateway.post('/v1/incidents', { ...outage, incident: 'other' }, key);
    await gateway.post('/v1/incidents', outage, desk);
    const [one, same, elsewhere, another] = gateway.declared.map(({ requestId }) => requestId);
    expect(same).toBe(one);
    expect(new Set([one, elsewhere, another]).size).toBe(3);
  });

  it('is refused with every problem and its path', async () => {
    const { status, body } = await answerOf(
      gateway.post(
        '/v1/incidents',
        { environment: 'Prod', severity: 'huge', sumary: 'x', by: '', idempotencyKey: 'a b' },
        { ...desk, 'idempotency-key': 'c d' },
      ),
    );
    expect(status).toBe(400);
    const problems = body.error?.problems ?? [];
    for (const path of ['by', 'idempotencyKey', 'environment', 'incident', 'summary', 'severity']) {
      expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^${path}.*: `)));
    }
    expect(problems).toContainEqual(expect.stringContaining('did you mean "summary"?'));
    expect(problems).toContainEqual(expect.stringContaining('Idempotency-Key: '));
    expect(gateway.declared).toEqual([]);
    const list = await answerOf(gateway.post('/v1/incidents', [outage], desk));
    expect(list.body.error?.problems).toContain('the body is not an object');
  });

  it.each([
    [outage, monitoring, 'monitoring does not have the scope declare:prod/shop'],
    [{ ...outage, environment: 'demo' }, desk, 'does not have the scope declare:demo/shop'],
    [{ ...outage, by: 'ana' }, desk, 'desk speaks for itself alone, not for ana'],
  ])('is refused without the right to it: %j', async (body, headers, message) => {
    const answer = await answerOf(gateway.post('/v1/incidents', body, headers));
    expect(answer.status).toBe(403);
    expect(answer.body.error?.message).toContain(message);
    expect(gateway.declared).toEqual([]);
  });
});

describe('an alert with the label belay_incident', () => {
  const asking = (labels: Record<string, string>, over: object = {}) =>
    firing({ action: 'page', belay_incident: 'sev2', service: 'shop', ...labels }, over);
  const send = (...alerts: unknown[]) =>
    answerOf(gateway.post('/v1/alerts', notificationOf(...alerts), monitoring));

  it('declares an incident, and its end is reported to that', async () => {
    const alert = asking({ environment: 'prod' });
    const fired = await send(alert);
    expect(fired).toMatchObject({
      status: 200,
      body: { started: [], incidents: [{ workflowId: 'incident/prod/shop', result: 'declared' }] },
    });
    const [{ requestId, by, spec } = { requestId: '', by: '', spec: undefined }] = gateway.declared;
    expect({ by, spec }).toMatchObject({
      by: 'alert HighErrorRate',
      spec: { severity: 'sev2', alert: requestId, incident: 'shop' },
    });
    const ended = await send({ ...alert, status: 'resolved' });
    expect(ended.body['incidents']).toMatchObject([{ result: 'ended' }]);
    expect(gateway.ended).toEqual([
      { subject: { environment: 'prod', name: 'shop' }, alert: requestId, by },
    ]);
  });

  it('may ask for a rollback as well', async () => {
    const both = asking({ environment: 'prod', action: 'rollback' });
    const { body } = await send(both);
    expect(body).toMatchObject({ started: [expect.any(String)], incidents: [{}], ignored: 0 });
  });

  it('that cannot be placed is refused, and its siblings count', async () => {
    const nowhere = asking({});
    const silent = asking({ environment: 'prod', belay_incident: 'false' });
    const { status, body } = await send(nowhere, silent, asking({ namespace: 'prod' }));
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        incidents: [{ result: 'declared' }],
        ...{ ignored: 1, refused: [{ alert: 0, problems: [expect.stringContaining('labels: ')] }] },
      },
    });
    const alone = await send(nowhere);
    expect(alone.status).toBe(400);
    expect(alone.body.error?.problems).toEqual([
      'alerts.0.labels: there is no environment or namespace, and none in BELAY_INCIDENT_POLICY either',
    ]);
  });
});

describe('the policy of incidents', () => {
  it('is what each begins with, unless it is declared with something else', async () => {
    const other = new GatewayOnLoopback();
    const policy = { environment: 'prod', freeze: 'services', resolveWithAlerts: true };
    await other.start({ incidents: { ...other.incidents, policy } });
    await other.post('/v1/alerts', notificationOf(firing({ belay_incident: 'true' })));
    await other.post('/v1/incidents', { ...outage, freeze: 'no' });
    await other.stop();
    expect(other.declared.map(({ spec }) => [spec.environment, spec.freeze])).toEqual([
      ['prod', 'services'],
      ['prod', 'no'],
    ]);
  });
});
