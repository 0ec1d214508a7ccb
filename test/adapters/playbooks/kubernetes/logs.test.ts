import { describe, expect, it } from 'vitest';
import type { PlaybookClusters } from '../../../../src/adapters/playbooks/kubernetes/cluster.ts';
import { readEvents } from '../../../../src/adapters/playbooks/kubernetes/events.ts';
import { readLogs } from '../../../../src/adapters/playbooks/kubernetes/logs.ts';

const workload = { spec: { selector: { matchLabels: { app: 'web' } } } };
const pod = (name: string) => ({
  metadata: { name },
  status: { containerStatuses: [{ name: 'app' }] },
});

function clusterOf(items: object[], logs: (pod: string) => string): PlaybookClusters {
  const cluster = {
    get: async () => workload,
    list: async () => items,
    logs: async (_: string, name: string) => logs(name),
  };
  return { of: async () => cluster } as unknown as PlaybookClusters;
}

const inputs = { namespace: 'shop', workload: 'deployment/web', lines: 50, previous: false };

describe('kubernetes.logs', () => {
  it('gives every container its share of the text', async () => {
    const logs = (name: string) => (name === 'a' ? 'quiet' : 'x'.repeat(50_000));
    const { ask } = readLogs(clusterOf([pod('a'), pod('b')], logs));
    const { passed, outputs } = await ask(inputs);
    const text = String(outputs['text']);
    expect([passed, text.startsWith('--- a app\nquiet\n--- b app\nxx')]).toEqual([true, true]);
    expect(text.length).toBeLessThanOrEqual(16_384);
  });

  it.each([
    ['all logs are empty', 1, () => ''],
    ['2 more pods were not read', 12, () => 'line'],
    ['p0 app was not read to its end', 1, () => 'x'.repeat(300_000)],
  ])('does not pass where %s', async (why, count, logs) => {
    const pods = Array.from({ length: count }, (_, index) => pod(`p${index}`));
    const { passed, seen } = await readLogs(clusterOf(pods, logs)).ask(inputs);
    expect(passed).toBe(false);
    expect(seen.map(({ value }) => value)).toContain(why);
  });
});

describe('kubernetes.events', () => {
  it('says where there are more than were listed', async () => {
    const event = { metadata: { name: 'e' }, type: 'Normal' };
    const { seen } = await readEvents(
      clusterOf(
        Array.from({ length: 500 }, () => event),
        () => '',
      ),
    ).ask(inputs);
    expect(seen.map(({ value }) => value)).toContain('there are more than 500 events');
  });
});
