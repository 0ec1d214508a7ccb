/**
 * Records the golden histories of this version anew: `npm run histories:record`, or only those named:
 * `npm run histories:record -- first-release`. Commit them with the change that needs them.
 */
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { loadConfig } from '../../src/config/load-config.ts';
import { packageVersion } from '../../src/config/package-version.ts';
import { locateTemporal } from '../../src/embedded/locate.ts';
import { eventually } from '../fixtures/eventually.ts';
import { devServer } from '../fixtures/temporal.ts';
import { changesOfReleased } from './golden-histories.ts';
import type { Scenario } from './scenario.ts';
import { longScenarios, scenarios } from './scenarios.ts';

const folder = fileURLToPath(new URL(`golden/${packageVersion()}/`, import.meta.url));
if ((await changesOfReleased(folder)) !== undefined) {
  throw new Error(`${folder} is of a release that has shipped: raise the version in package.json.`);
}
/** So few that a scenario of a minute continues as new. */
const eventsUntilContinueAsNew = 60;

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in scenarios || name in longScenarios));
if (unknown.length > 0) throw new Error(`There is no scenario ${unknown.join(', ')}`);
Runtime.install({ logger: new DefaultLogger('ERROR') });
const temporal = await locateTemporal({ cache: loadConfig().cache });
if (named.length === 0) await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await record(scenarios, []);
const early = `limit.historyCount.suggestContinueAsNew=${eventsUntilContinueAsNew}`;
await record(longScenarios, ['--dynamic-config-value', early]);

async function record(all: Record<string, Scenario>, serverOptions: string[]): Promise<void> {
  const wanted = Object.entries(all).filter(([name]) => named.length === 0 || named.includes(name));
  if (wanted.length === 0) return;
  const env = await devServer(serverOptions);
  try {
    for (const [name, play] of wanted) await recordRuns(env, name, await play(env));
  } finally {
    await env.teardown();
  }
}

async function recordRuns(
  env: TestWorkflowEnvironment,
  name: string,
  workflowId: string,
): Promise<void> {
  const runs = await eventually(() => closedRuns(env, workflowId));
  for (const [i, { runId }] of runs.entries()) {
    await writeFile(`${folder}${name}-${i + 1}.json`, await showHistory(env, workflowId, runId));
  }
  process.stdout.write(`${name}: ${runs.length}\n`);
}

/** Oldest first. The server's list lags, so the newest run has to be in it. */
async function closedRuns(
  env: TestWorkflowEnvironment,
  workflowId: string,
): Promise<WorkflowExecutionInfo[]> {
  const newest = await env.client.workflow.getHandle(workflowId).describe();
  const runs: WorkflowExecutionInfo[] = [];
  for await (const run of env.client.workflow.list({ query: `WorkflowId = "${workflowId}"` })) {
    runs.push(run);
  }
  const isComplete = runs.some(({ runId }) => runId === newest.runId);
  if (!isComplete || runs.some(({ status }) => status.name === 'RUNNING')) {
    throw new Error(`the list of runs of ${workflowId} is behind`);
  }
  return runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
}

async function showHistory(
  env: TestWorkflowEnvironment,
  workflowId: string,
  runId: string,
): Promise<string> {
  const show = ['workflow', 'show', '-w', workflowId, '-r', runId, '--output', 'json'];
  const { stdout } = await promisify(execFile)(temporal.path, [...show, '--address', env.address], {
    maxBuffer: 50 * 1024 * 1024,
  });
  const json = JSON.stringify(JSON.parse(stdout), null, 1);
  return `${json.replaceAll(hostname(), 'recorder').replaceAll(`${process.cwd()}/`, '')}\n`;
}
