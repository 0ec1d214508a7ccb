import type { ListedRun } from '../../adapters/temporal/list-runs.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { callRun } from '../../kinds/call-run.ts';
import { workflowIdOf } from '../../kinds/locks.ts';
import { actingPerson } from '../acting-person.ts';
import { withConnections, type Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { formatAge } from '../render/page.ts';
import type { GivenRun } from '../runs/given-run.ts';
import { startRun, type StartedRun } from '../runs/start-run.ts';
import { webLink } from '../runs/web-link.ts';
import { tracedCommand } from '../traced-command.ts';
import type { FamilyCommands, StartOptions } from './family-commands.ts';

/** Starts a run, and follows it if that is wanted. One that is open already is joined or left alone. */
export async function startAny(
  given: GivenRun,
  options: StartOptions,
  watch: FamilyCommands['watch'],
): Promise<void> {
  const { kind, subject, asWritten } = given;
  const { json = false } = options;
  if (options.dryRun) {
    showPlan(given, json);
    return;
  }
  await withConnections(async (to) => {
    const order = {
      ...{ kind, subject, asWritten },
      taskQueue: to.config.taskQueue,
      by: actingPerson(options.as),
      ...(options.why !== undefined && { why: options.why }),
    };
    const started = await tracedCommand('start', async () => startRun(await to.temporal(), order));
    if (started.state === 'open' && !mayJoin(kind, started.open)) {
      throw alreadyOpen(kind, started.open);
    }
    await announce({ kind, subject }, started, to, json);
    if (options.watch) await watch({ lock: kind.lock, ...subject }, { json }, to);
  });
}

function showPlan({ kind, subject, spec }: GivenRun, json: boolean): void {
  const workflowId = workflowIdOf(kind, subject);
  if (json) printJson({ kind: kind.kind, workflowId, workflowType: kind.workflowType, spec });
  else print(`The spec is valid. It would start a run of ${kind.kind}: ${workflowId}`);
}

function mayJoin(kind: AnyKind, open: ListedRun): boolean {
  return kind.whenOpen === 'join' && open.kind === kind.kind;
}

async function announce(
  { kind, subject }: Pick<GivenRun, 'kind' | 'subject'>,
  started: StartedRun,
  to: Connections,
  json: boolean,
): Promise<void> {
  const called = callRun(kind, subject.name);
  const isNew = started.state === 'started';
  const { workflowId, runId } = isNew ? started : started.open;
  const webUrl = await webLink(to.config, { workflowId, runId });
  if (json) {
    printJson({ kind: kind.kind, workflowId, runId, webUrl, joined: !isNew });
    return;
  }
  print(
    [
      isNew
        ? `The ${called} has started: ${workflowId}`
        : `The ${called} is running already, and this start joins it: ${workflowId}`,
      ...(webUrl === undefined ? [] : [`  web       ${webUrl}`]),
      `  follow    belay watch ${workflowId}`,
      ...(Object.hasOwn(kind.verbs, 'abort') ? [`  stop      belay abort ${workflowId}`] : []),
    ].join('\n'),
  );
}

/** Says which run holds the lock, and what to do about it. */
function alreadyOpen(kind: AnyKind, open: ListedRun, nowMs = Date.now()): CliFailure {
  const { workflowId } = open;
  const held =
    open.kind === '' || open.kind === kind.kind
      ? `${workflowId} is running already`
      : `${workflowId} is held by a run of another kind, ${open.kind}`;
  const started = formatAge(open.startedAtMs, { nowMs });
  const left = kind.whenOpen === 'skip' ? 'This start was skipped' : 'Nothing was started';
  return new CliFailure(
    exitCodes.alreadyRunning,
    [
      `${held} (${open.phase}, started ${started}). ${left}.`,
      `  see it      belay status ${workflowId}`,
      `  wait for it belay watch ${workflowId}`,
      ...(Object.hasOwn(kind.verbs, 'abort') ? [`  stop it     belay abort ${workflowId}`] : []),
    ].join('\n'),
  );
}
