import { createLogUpdate } from 'log-update';
import { print, printJsonLine } from '../output.ts';
import { formatMoment, pageFor } from '../render/page.ts';
import { renderWatchFrame } from '../render/status-page.ts';
import { renderWatchLine, type Watched } from '../render/watch-line.ts';
import type { Sighting } from '../rollouts/follow-rollout.ts';
import type { ServiceView } from '../rollouts/view-service.ts';
import type { ServiceName } from '../service-name.ts';

export type OpenSighting =
  | (Extract<Sighting, { kind: 'status' }> & { service?: ServiceView })
  | Extract<Sighting, { kind: 'silence' }>;

/** Where a watch shows what it sees. */
export interface Display {
  /** How often it wants to see something. */
  everyMs: number;
  show(sighting: OpenSighting): void;
  /** The rollout has ended. */
  done(): void;
  /** The watcher leaves; the rollout goes on. */
  leave(): void;
}

export function createDisplay(
  name: ServiceName,
  stream: NodeJS.WriteStream,
  json: boolean,
): Display {
  if (json) return createJsonDisplay();
  return stream.isTTY ? createLiveDisplay(name, stream) : createLineDisplay(name);
}

const silences = {
  temporal: 'Temporal does not answer. The rollout is safe in it; asking again …',
  worker: 'No worker answers. The rollout goes on when one is back; asking again …',
} as const;

/** A page that is drawn over and over. */
function createLiveDisplay(
  { environment, service }: ServiceName,
  stream: NodeJS.WriteStream,
): Display {
  const draw = createLogUpdate(stream);
  let last: Watched | undefined;
  return {
    everyMs: 1_000,
    show(sighting) {
      if (sighting.kind === 'status') last = sighting;
      const page = pageFor(stream, process.env);
      const { paint } = page;
      const frame = last ? [renderWatchFrame(last.status, page, last.service)] : [];
      const silence =
        sighting.kind === 'silence' ? [`  ${paint.yellow(silences[sighting.who])}`] : [];
      draw([...frame, ...silence, paint.dim('  Ctrl-C leaves it running')].join('\n\n'));
    },
    done() {
      draw.done();
    },
    leave() {
      draw.done();
      print(stillRunning(`${environment}/${service}`));
    },
  };
}

/** One line per change, for logs and pipes. */
function createLineDisplay({ environment, service }: ServiceName): Display {
  const name = `${environment}/${service}`;
  let last: Watched | undefined;
  let silent: string | undefined;
  return {
    everyMs: 2_000,
    show(sighting) {
      const page = pageFor(process.stdout, process.env);
      if (sighting.kind === 'silence') {
        if (silent !== sighting.who) {
          print(`${formatMoment(page.nowMs, page)}  ${name}  ${silences[sighting.who]}`);
        }
        silent = sighting.who;
        return;
      }
      const line = renderWatchLine(sighting, silent ? undefined : last, page);
      if (line !== undefined) print(line);
      last = sighting;
      silent = undefined;
    },
    done() {},
    leave() {
      print(stillRunning(name));
    },
  };
}

function createJsonDisplay(): Display {
  let last = '';
  return {
    everyMs: 2_000,
    show(sighting) {
      const text = JSON.stringify(sighting);
      if (text !== last) printJsonLine(sighting);
      last = text;
    },
    done() {},
    leave() {},
  };
}

function stillRunning(name: string): string {
  return `The rollout goes on. Watch it again with: belay watch ${name}`;
}
