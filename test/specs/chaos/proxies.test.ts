import { expect, it } from 'vitest';
import { resolveHostSettings } from '../../../src/specs/agent-settings.ts';

const settings = (proxy: string) =>
  resolveHostSettings(`
name: web-1
stateFolder: /var/lib/belay-agent
probes:
  answers: { http: { url: 'http://127.0.0.1:8080/' }, timeout: 3s }
  connects: { tcp: { host: 127.0.0.1, port: 6432 } }
chaos:
  proxies:
    database: ${proxy}
`);

const problems = (proxy: string) => {
  const resolution = settings(proxy);
  if (resolution.ok) throw new Error('it was accepted');
  return resolution.problems.map(({ path, message }) => `${path}: ${message}`);
};

it('a proxy of an agent has the time that its probe waits', () => {
  expect(
    settings(
      '{ toxiproxy: "http://127.0.0.1:8474", proxy: postgres, probe: answers, faults: [latency] }',
    ),
  ).toMatchObject({
    settings: {
      chaos: { proxies: [{ name: 'database', probe: 'answers', probeTimeoutMs: 3_000 }] },
    },
  });
});

it('a Toxiproxy elsewhere, a fault that it cannot do, and a probe that sees nothing are refused, all at once', () => {
  const given = (probe: string) =>
    `{ toxiproxy: "http://10.0.0.9:8474", proxy: postgres, probe: ${probe}, faults: [loss] }`;
  expect(problems(given('connects'))).toEqual([
    expect.stringMatching(/^chaos.proxies.database.toxiproxy: .*a Toxiproxy on this host/),
    expect.stringMatching(/^chaos.proxies.database.faults\[0\]: .*latency/),
    expect.stringContaining(
      'chaos.proxies.database.probe: the probe connects only connects, which a proxy accepts by itself',
    ),
  ]);
  expect(problems(given('answer'))).toContainEqual(
    expect.stringContaining('there is no probe "answer"; did you mean "answers"?'),
  );
});
