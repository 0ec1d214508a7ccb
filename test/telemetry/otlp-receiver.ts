import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from '../../src/embedded/ports.ts';
import { eventually } from '../fixtures/eventually.ts';

export interface ReceivedSpan {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  /** 2: a server's, 3: a client's. */
  kind?: number;
  attributes: Record<string, string | undefined>;
  links: { traceId: string; spanId: string }[];
}

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: string };
}

interface Batch {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: {
      spans: (Omit<ReceivedSpan, 'service' | 'attributes' | 'links'> & {
        attributes?: Attribute[];
        links?: ReceivedSpan['links'];
      })[];
    }[];
  }[];
}

/** The OpenTelemetry Collector's receiver as a process, and what it received. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** Everything as it was received. */
  text = '';
  address = '';
  #child: ChildProcess | undefined;

  async start(executable: string): Promise<void> {
    const port = await freePort();
    this.address = `http://127.0.0.1:${port}`;
    const child = spawn(executable, [`127.0.0.1:${port}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    createInterface(child.stdout).on('line', (line) => {
      this.text += line;
      this.spans.push(...spansIn(JSON.parse(line) as Batch));
    });
    await eventually(async () => {
      const { status } = await fetch(`${this.address}/v1/traces`, { method: 'POST' });
      if (status === 404) throw new Error('it does not take traces');
    });
  }

  /** All spans of the trace that this span begins, once they are whole: each has its parent. */
  async traceOf(root: string, isComplete: (spans: ReceivedSpan[]) => void) {
    return eventually(() => {
      const first = this.spans.findLast(({ name }) => name === root);
      if (first === undefined) throw new Error(`there is no span ${root}`);
      const trace = this.spans.filter(({ traceId }) => traceId === first.traceId);
      isComplete(trace);
      const known = new Set(trace.map(({ spanId }) => spanId));
      const orphans = trace.filter(({ parentSpanId }) => parentSpanId && !known.has(parentSpanId));
      if (orphans.length > 0) {
        throw new Error(`no parent: ${orphans.map(({ name }) => name).join(', ')}`);
      }
      return Promise.resolve(trace);
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
}

function spansIn({ resourceSpans }: Batch): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = named(resource.attributes)['service.name'] ?? '';
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ attributes = [], links = [], ...span }) => ({
        ...span,
        service,
        attributes: named(attributes),
        links,
      })),
    );
  });
}

function named(attributes: Attribute[]): ReceivedSpan['attributes'] {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]),
  );
}
