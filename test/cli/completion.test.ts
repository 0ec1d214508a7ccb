/** Completion scripts, in the shells that they are for. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { registryWithErrands } from '../fixtures/errands.ts';

const folder = mkdtempSync(join(tmpdir(), 'belay-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Answers for what is asked of it alone, as `belay __complete` does. */
const belay = join(folder, 'belay');
writeFileSync(belay, '#!/bin/sh\necho "demo/shop"; echo "asked/$*" | tr " " "/"\n');
chmodSync(belay, 0o755);
writeFileSync(join(folder, 'canary.yaml'), '');

/** What `belay completion` prints, with as few of the other commands loaded as there are then. */
async function printed(shell: string): Promise<string> {
  const program = await createProgram(registryWithErrands, 'completion');
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await program.parseAsync(['completion', shell], { from: 'user' });
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

const scripts = {
  bash: await printed('bash'),
  zsh: await printed('zsh'),
  fish: await printed('fish'),
};

function run(shell: string, ...args: string[]): string[] {
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}`, HOME: folder };
  const text = execFileSync(shell, args, { cwd: folder, env, encoding: 'utf8' });
  return text.split('\n').filter((line) => line !== '');
}

function isHere(shell: string): boolean {
  return spawnSync(shell, ['-c', ':']).status === 0;
}

/** What a shell offers after these words, the last of which is being written. */
type Complete = (...words: string[]) => string[];

const script = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const quoted = (words: string[]) => words.map((word) => `'${word}'`).join(' ');

const inBash: Complete = (...words) =>
  run(
    'bash',
    ...['--norc', '-c'],
    `source ${script('bash', scripts.bash)}; COMP_WORDS=(belay ${quoted(words)}); ` +
      `COMP_CWORD=${words.length}; _belay; printf '%s\\n' "\${COMPREPLY[@]}"`,
  );

const inFish: Complete = (...words) =>
  run(
    'fish',
    ...['--no-config', '-c'],
    `source ${script('fish', scripts.fish)}; complete -C 'belay ${words.join(' ')}'`,
  ).map((line) => line.split('\t')[0] ?? '');

/** zsh offers things only to a terminal, so what offers them is replaced. */
const inZsh: Complete = (...words) =>
  run(
    'zsh',
    ...['-f', '-c'],
    'compdef() { }; _files() { print -l *; }; ' +
      '_describe() { print -rl -- "${(@P)2}" }; ' +
      `source ${script('zsh', scripts.zsh)}; words=(belay ${quoted(words)}); ` +
      `CURRENT=${words.length + 1}; _belay`,
  )
    .map((line) => line.replace(/(?<!\\):.*$/, ''))
    .filter((offered) => offered.startsWith(words.at(-1) ?? ''));

const shells: [string, Complete][] = [
  ['bash', inBash],
  ['zsh', inZsh],
  ['fish', inFish],
];

describe.each(shells)('the completion for %s', (shell, complete) => {
  it.skipIf(!isHere(shell))('offers commands, and those below them', () => {
    expect(complete('st')).toEqual(['start', 'status', 'status-page']);
    expect(complete('schedule', 'r').toSorted()).toEqual(['resume', 'run-now']);
    expect(complete('__')).toEqual([]);
  });

  it.skipIf(!isHere(shell))('offers options, and what they may be given', () => {
    expect(complete('deploy', '--s')).toEqual(['--supersede']);
    expect(complete('list', '--kind', 'ro').toSorted()).toEqual(['rollback', 'rolling']);
    expect(complete('schedule', 'list', '--family', 'e')).toEqual(['errands']);
    expect(complete('completion', 'z')).toEqual(['zsh']);
    expect(complete('deploy', '--why', 's')).toEqual([]);
    expect(complete('start', '-f', 'can')).toEqual(['canary.yaml']);
  });

  it.skipIf(!isHere(shell))('offers the names of what is open now', () => {
    expect(complete('status', 'de')).toEqual(['demo/shop']);
    expect(complete('promote', 'asked')).toEqual(['asked/__complete/runs/promote']);
    expect(complete('logs', 'asked')).toEqual(['asked/__complete/rollouts']);
    expect(complete('schedule', 'pause', 'asked')).toEqual(['asked/__complete/schedules']);
  });
});
