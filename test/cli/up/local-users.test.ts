import { readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { checkLocalUsers } from '../../../src/cli/doctor/check-local-users.ts';
import { showUp } from '../../../src/cli/up/screen.ts';

const temporal = { address: '127.0.0.1:7233', uiUrl: 'http://127.0.0.1:8233' };
const risk = /every user of this machine can start rollouts.* commands that run as you/;

function shown(up: Parameters<typeof showUp>[0], json: boolean): string {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  const config = { home: '/home/ada/.belay', taskQueue: 'belay' };
  showUp(up, { config, options: { json }, stopWith: 'belay down' });
  spy.mockRestore();
  return written.join('');
}

test('every start of `belay up` says that other users of the machine can run commands', () => {
  expect(shown({ temporal }, false).replaceAll(/\s+/g, ' ')).toMatch(risk);
  expect(JSON.parse(shown({ temporal }, true))).toMatchObject({
    warnings: [expect.stringMatching(risk)],
  });
});

test('a Temporal of the settings is protected by what its owner set up: no warning', () => {
  const elsewhere = { temporal: { address: 'temporal.example.com:7233' } };
  expect(shown(elsewhere, false)).not.toMatch(/every user/);
  expect(JSON.parse(shown(elsewhere, true))).toMatchObject({ warnings: [] });
});

test('`belay doctor` warns of a Temporal that `belay up` runs, and of no other', () => {
  expect(checkLocalUsers({ address: temporal.address, source: 'up' })).toEqual([
    {
      check: 'Local users',
      state: 'warn',
      detail: expect.stringMatching(risk),
      fix: expect.stringContaining('docs/security.md'),
    },
  ]);
  expect(checkLocalUsers({ address: 'temporal.example.com:7233', source: 'settings' })).toEqual([]);
});

test('docs/security.md says so, too', async () => {
  const page = await readFile(new URL('../../../docs/security.md', import.meta.url), 'utf8');
  expect(page.replaceAll(/\s+/g, ' ')).toMatch(/`belay up` .*every user of the machine can start/);
});
