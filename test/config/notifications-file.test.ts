import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { InvalidNotifications, loadNotifications } from '../../src/config/notifications-file.ts';
import { secretReader } from '../../src/config/notifications-secret.ts';

async function fileWith(text: string, name = 'notifications.yaml'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-notifications-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

async function refusalOf(file: string, env = {}): Promise<string> {
  const error: unknown = await loadNotifications(file, secretReader(env)).then(
    () => new Error('it was taken'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InvalidNotifications);
  return (error as Error).message;
}

const settings = (keyFile: string) => `channels:
  team: { slack: { url: { env: SLACK } } }
  on-call:
    pagerduty:
      routingKey: { file: ${keyFile} }
routes:
  - to: [team, on-call]
`;

it('settings whose secrets are all in place are taken, and hold none of them', async () => {
  const file = await fileWith(settings(await fileWith('R0UT1NGKEY\n', 'key')));
  const env = { SLACK: 'https://hooks.slack.com/services/T0/B0/s3cr3t' };
  const loaded = await loadNotifications(file, secretReader(env));
  expect(loaded.channels.map(({ name }) => name)).toEqual(['team', 'on-call']);
  expect(JSON.stringify(loaded)).not.toMatch(/s3cr3t|R0UT1NGKEY/);
});

it('a worker learns of all secrets that are missing before it begins, with their lines', async () => {
  const file = await fileWith(settings('/nowhere/key'));
  expect(await refusalOf(file)).toBe(
    [
      `${file}: 2 problems`,
      '  line 2, channels.team.slack.url: the variable SLACK is not set',
      '  line 5, channels.on-call.pagerduty.routingKey: the file /nowhere/key cannot be read (ENOENT)',
    ].join('\n'),
  );
});

it('a secret of the wrong form is refused without being shown', async () => {
  const file = await fileWith(settings(await fileWith('two words\nand a line', 'key')));
  const refusal = await refusalOf(file, { SLACK: 'hunter2' });
  expect(refusal).toContain('the variable SLACK holds no address');
  expect(refusal).toContain('holds no routing key');
  expect(refusal).not.toMatch(/hunter2|two words/);
});

it('problems of the file itself come with their lines', async () => {
  const file = await fileWith('channels: {}\nroutes:\n  - event: failed\n    to: nobody\n');
  expect(await refusalOf(file)).toMatch(
    /1 problem\n {2}line 4, routes\[0\]\.to\[0\]: there is no channel of this name/,
  );
});

it.each([
  ['that is not there', join(tmpdir(), 'belay-nothing-here.yaml'), 'cannot be read (ENOENT)'],
  ['that is a folder', tmpdir(), 'cannot be read (EISDIR)'],
])('a file %s is refused by name', async (_title, file, problem) => {
  expect(await refusalOf(file)).toBe(`${file}: ${problem}`);
});
