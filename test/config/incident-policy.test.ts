import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readIncidentPolicy } from '../../src/config/incident-policy.ts';
import { InvalidConfig } from '../../src/config/load-config.ts';

async function fileWith(text: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'belay-policy-')), 'policy.yaml');
  await writeFile(file, text);
  return file;
}

it('reads the policy of the examples', () => {
  const policy = readIncidentPolicy(
    join(import.meta.dirname, '../../examples/incident/policy.yaml'),
  );
  expect(policy).toMatchObject({ zone: 'Europe/Berlin', freeze: 'services' });
});

it('refuses a policy with every problem, and what is said of each incident', async () => {
  const file = await fileWith('severity: sev1\nfreze: no\nescalation: []\nzone: Mars/Base\n');
  let problem: unknown;
  try {
    readIncidentPolicy(file);
  } catch (error) {
    problem = error;
  }
  expect(problem).toBeInstanceOf(InvalidConfig);
  const { message } = problem as InvalidConfig;
  expect(message).toContain('severity: is said of each incident when it is declared');
  expect(message).toContain('freze: unknown key; did you mean "freeze"?');
  expect(message).toContain('escalation: ');
  expect(message).toContain('zone: ');
  expect(() => readIncidentPolicy('/nowhere/policy.yaml')).toThrow(/BELAY_INCIDENT_POLICY: ENOENT/);
});
