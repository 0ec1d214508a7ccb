import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
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

test('a script that does not say what runs it is refused: /bin/sh would, unasked', async () => {
  const nameless = join(folder, 'vacuum');
  await writeFile(nameless, 'vacuumdb "$1"\n', { mode: 0o755 });
  const text = `name: db-1
stateFolder: /var/lib/belay-agent
commands:
  vacuum: { description: d, argv: [${nameless}], timeout: 1m }
  block: { description: d, lease: { apply: [/usr/bin/true], revert: [${nameless}], longest: 1m }, timeout: 1m }
probes:
  primary: { command: { argv: [${nameless}] } }
`;
  const why = `${nameless} is neither a program nor begins with #!, so that /bin/sh would run it`;
  await expect(load(text)).rejects.toMatchObject({
    message: expect.stringMatching(
      new RegExp(
        `line 4, commands\\.vacuum\\.argv\\[0\\]: ${why}.*\n` +
          `.*line 5, commands\\.block\\.lease\\.revert\\[0\\]: ${why}.*\n` +
          `.*line 7, probes\\.primary\\.command\\.argv\\[0\\]: ${why}`,
      ),
    ),
  });
});

test('a script that names its interpreter, a program and a file that is not there are taken', async () => {
  const [script, program] = [join(folder, 'script'), join(folder, 'program')];
  await writeFile(script, '#!/usr/bin/env python3\n', { mode: 0o755 });
  await copyFile('/bin/true', program);
  for (const argv of [script, program, '/nowhere/at-all']) {
    const text = withVacuum('').replace('/usr/bin/true', argv);
    expect(await load(text)).toMatchObject({ commands: [{ argv: [argv] }] });
  }
});
