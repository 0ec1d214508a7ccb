import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadAgentSettings } from '../../src/config/agent-file.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'belay-agent-file-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

async function load(text: string) {
  const file = join(folder, 'agent.yaml');
  await writeFile(file, text);
  return loadAgentSettings(file, {});
}

const withVacuum = (more: string) => `name: db-1
stateFolder: /var/lib/belay-agent
commands:
  vacuum: { description: d, argv: [/usr/bin/true], timeout: 1m, ${more} }
`;

test('a command that runs as the account of this process can be used', async () => {
  const { username } = userInfo();
  expect(await load(withVacuum(`user: ${username}`))).toMatchObject({
    commands: [{ user: username }],
  });
});

test('what this host lacks is refused at once, each with its line', async () => {
  const text = withVacuum('user: nobody-knows, secrets: { TOKEN: { file: /nowhere/at/all } }');
  await expect(load(text)).rejects.toMatchObject({
    name: 'InvalidAgentSettings',
    message: expect.stringMatching(
      /line 4, commands\.vacuum\.secrets\.TOKEN: .*\n.*line 4, commands\.vacuum\.user: there is no account nobody-knows on this host/,
    ),
  });
});
