import { createLogUpdate } from 'log-update';
import { print, printJsonLine } from '../output.ts';
import { formatMoment, pageFor, type Page } from '../render/page.ts';
import type { Sighting } from '../runs/follow-run.ts';

type Silence = Extract<Sighting<never, never>, { kind: 'silence' }>;

export type OpenSighting<Watched> = (Watched & { kind: 'status' }) | Silence;

/** What is shown of a run while it is watched. */
export interface WatchView<Watched> {
  /** `demo/shop` */
  name: string;
  /** What people call it: `rollout`. */
  noun: string;
  frame(watched: Watched, page: Page): string;
  /** Undefined where nothing has changed since the last. */
  line(watched: Watched, last: Watched | undefined, page: Page): string | undefined;
}

/** Where a watch shows what it sees. */
export interface Display<Watched> {
  /** How often it wants to see something. */
  everyMs: number;
  show(sighting: OpenSighting<Watched>): void;
  /** The run has ended. */
  done(): void;
  /** The watcher leaves; the run goes on. */
  leave(): void;
}

export function createDisplay<Watched>(
  view: WatchView<Watched>,
  stream: NodeJS.WriteStream,
  json: boolean,
): Display<Watched> {
  if (json) return createJsonDisplay();
  return stream.isTTY ? createLiveDisplay(view, stream) : createLineDisplay(view);
}

const silences = {
  temporal: (noun: string) => `Temporal does not answer. The ${noun} is safe in it; asking again …`,
  worker: (noun: string) =>
    `No worker answers. The ${noun} goes on when one is back; asking again …`,
} as const;

/** A page that is drawn over and over. */
function createLiveDisplay<Watched>(
  view: WatchView<Watched>,
  stream: NodeJS.WriteStream,
): Display<Watched> {
  const draw = createLogUpdate(stream);
  let last: Watched | undefined;
  return {
    everyMs: 1_000,
    show(sighting) {
      if (sighting.kind === 'status') last = sighting;
      const page = pageFor(stream, process.env);
      const { paint } = page;
      const frame = last === undefined ? [] : [view.frame(last, page)];
      const silence =
        sighting.kind === 'silence' ? [`  ${paint.yellow(silences[sighting.who](view.noun))}`] : [];
      draw([...frame, ...silence, paint.dim('  Ctrl-C leaves it running')].join('\n\n'));
    },
    done() {
      draw.done();
    },
    leave() {
      draw.done();
      print(stillRunning(view));
    },
  };
}

/** One line per change, for logs and pipes. */
function createLineDisplay<Watched>(view: WatchView<Watched>): Display<Watched> {
  let last: Watched | undefined;
  let silent: string | undefined;
  return {
    everyMs: 2_000,
    show(sighting) {
      const page = pageFor(process.stdout, process.env);
      if (sighting.kind === 'silence') {
        if (silent !== sighting.who) {
          const remark = silences[sighting.who](view.noun);
          print(`${formatMoment(page.nowMs, page)}  ${view.name}  ${remark}`);
        }
        silent = sighting.who;
        return;
      }
      const line = view.line(sighting, silent ? undefined : last, page);
      if (line !== undefined) print(line);
      last = sighting;
      silent = undefined;
    },
    done() {},
    leave() {
      print(stillRunning(view));
    },
  };
}

function createJsonDisplay<Watched>(): Display<Watched> {
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

function stillRunning({ name, noun }: WatchView<never>): string {
  return `The ${noun} goes on. Watch it again with: belay watch ${name}`;
}
