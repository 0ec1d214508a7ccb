import { dirname } from 'node:path';
import { stat } from 'node:fs/promises';
import type { Component } from '../../contracts/backups/source.ts';
import type { SourceFacts } from '../../contracts/backups/store.ts';
import type { Attempt } from '../../contracts/kernel/agent-host.ts';
import { describeLock, isLeft } from './answers/read-lock.ts';
import { readVersion } from './answers/read-version.ts';
import { describeAbsent, examineRepository } from './repositories.ts';
import { describeList } from './sets/read-contents.ts';
import { readLocks, thisHost } from './sets/read-locks.ts';
import type { ResticTool } from './tool/restic-tool.ts';

type Found = Pick<SourceFacts, 'refusals' | 'remarks'>;

/** Every repository of a component, whether a backup to it can succeed, and the version of the tool. */
export async function examineRepositories(
  component: Component,
  open: (repository: string) => ResticTool,
  attempt: Attempt,
): Promise<Found & { tool: string }> {
  const tools = component.repositories.map((name) => open(name));
  const version = await readToolVersion(tools[0], attempt);
  const found: Found[] = [];
  for (const tool of tools) found.push(await examine(tool, attempt));
  return {
    tool: version.tool,
    refusals: [...version.refusals, ...found.flatMap(({ refusals }) => refusals)],
    remarks: found.flatMap(({ remarks }) => remarks),
  };
}

async function readToolVersion(
  tool: ResticTool | undefined,
  attempt: Attempt,
): Promise<{ tool: string; refusals: string[] }> {
  if (tool === undefined) return { tool: 'restic', refusals: ['no repository is named'] };
  const { stdout } = await tool.require(['version'], attempt);
  const { name, isKnown } = readVersion(stdout);
  return {
    tool: name,
    refusals: isKnown ? [] : [`${name} is too old: install restic 0.14 or later`],
  };
}

async function examine(tool: ResticTool, attempt: Attempt): Promise<Found> {
  const state = await examineRepository(tool, attempt);
  switch (state.kind) {
    case 'failed':
      return { refusals: [state.why.message], remarks: [] };
    case 'absent':
      return await examineAbsent(tool);
    case 'open': {
      const nowMs = Date.now();
      const witness = thisHost(nowMs);
      const locks = await readLocks(tool, attempt);
      const locked = locks.map((lock) => ({ lock, said: describeLock(lock, witness) }));
      const isBlocked = ({ lock }: (typeof locked)[number]) =>
        lock.isExclusive && !isLeft(lock, witness);
      const named = ({ said }: (typeof locked)[number]) => `repository ${tool.name}: ${said}`;
      return {
        refusals: locked.filter(isBlocked).map(named),
        remarks: [
          ...locked.filter((one) => !isBlocked(one)).map(named),
          ...describeList(state.list, nowMs).map((line) => `repository ${tool.name}: ${line}`),
        ],
      };
    }
  }
}

/** A folder is created in one that is there: a path without it is of storage that is not mounted. */
async function examineAbsent(tool: ResticTool): Promise<Found> {
  if (tool.settings.create !== true) return { refusals: [describeAbsent(tool)], remarks: [] };
  const { name, localFolder } = tool;
  const parent = localFolder && dirname(localFolder);
  if (parent !== undefined && !(await isFolder(parent))) {
    return {
      refusals: [`repository ${name} cannot be created: there is no folder ${parent}`],
      remarks: [],
    };
  }
  return {
    refusals: [],
    remarks: [`repository ${name} does not exist: the first backup creates it`],
  };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
