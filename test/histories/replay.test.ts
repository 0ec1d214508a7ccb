import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { untracedWorkflows } from '../../src/telemetry/tracing/trace-workflows.ts';
import { packageVersion } from '../../src/config/package-version.ts';
import { builtWorkflows } from '../fixtures/built.ts';
import { changesOfReleased, historiesIn } from './golden-histories.ts';
import { longScenarios, scenarios } from './scenarios.ts';

const folder = fileURLToPath(new URL('golden/', import.meta.url));

it('replays every golden history without a difference', async () => {
  const newest = await historiesIn(`${folder}${packageVersion()}`);
  const recorded = new Set(newest.map((file) => file.replace(/-\d+\.json$/, '')));
  expect([...recorded].sort()).toEqual(
    [...Object.keys(scenarios), ...Object.keys(longScenarios)].sort(),
  );

  const files: string[] = [];
  for (const release of await readdir(folder)) {
    const names = await historiesIn(folder + release);
    files.push(...names.map((name) => `${release}/${name}`));
  }
  const workflowBundle = await builtWorkflows();
  const differences: string[] = [];
  let replayed = 0;
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle, sinks: untracedWorkflows },
    readHistories(files),
  )) {
    replayed += 1;
    if (error !== undefined) differences.push(`${workflowId}: ${error.message}`);
  }
  expect(differences).toEqual([]);
  expect(replayed).toBe(files.length);
});

it('has the histories of every shipped release as they were', async () => {
  const changes: string[] = [];
  for (const release of await readdir(folder)) {
    const changed = (await changesOfReleased(folder + release)) ?? [];
    changes.push(...changed.map((change) => `golden/${release}/${change}`));
  }
  expect(changes).toEqual([]);
});

interface RecordedHistory {
  events: [{ workflowExecutionStartedEventAttributes: { workflowId: string } }];
}

async function* readHistories(files: string[]) {
  for (const file of files) {
    const history = JSON.parse(await readFile(folder + file, 'utf8')) as RecordedHistory;
    const [{ workflowExecutionStartedEventAttributes: started }] = history.events;
    yield { workflowId: started.workflowId, history };
  }
}
