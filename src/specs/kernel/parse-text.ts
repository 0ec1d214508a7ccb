import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { largestSpecBytes, refuseSize } from './input.ts';
import type { SpecProblem } from './spec-problem.ts';

type SpecText =
  | {
      ok: true;
      input: unknown;
      /** Line of the nearest thing that exists at a problem's path. */
      lineOf: (path: string) => number | undefined;
    }
  | { ok: false; problems: SpecProblem[] };

/** Reads a file's text as JSON if it is named so, and as YAML if not. */
export function parseSpecText(text: string, filename: string): SpecText {
  const bytes = Buffer.byteLength(text);
  if (bytes > largestSpecBytes) return refuse([refuseSize(bytes)]);
  try {
    return filename.toLowerCase().endsWith('.json') ? parseJson(text) : parseYaml(text);
  } catch (error) {
    return refuse([error instanceof RangeError ? refuseSize(undefined) : messageOf(error)]);
  }
}

function parseYaml(text: string): SpecText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings];
  if (faults.some(({ message }) => message.startsWith('Maximum call stack'))) {
    return refuse([refuseSize(undefined)]);
  }
  if (faults.length > 0) {
    return refuse(faults.map(({ message, pos }) => `${placeAt(lines, pos[0])}: ${message}`));
  }
  return { ok: true, input: document.toJS(), lineOf: (path) => lineOf(document, lines, path) };
}

/** JSON is YAML too, which tells the lines and finds keys that are given twice. */
function parseJson(text: string): SpecText {
  const lines = new LineCounter();
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (error) {
    return refuse([`no JSON: ${withPlace(messageOf(error), text)}`]);
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const twice = document.errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  if (twice.length > 0) {
    return refuse(twice.map(({ pos }) => `${placeAt(lines, pos[0])}: this key is given twice`));
  }
  return { ok: true, input, lineOf: (path) => lineOf(document, lines, path) };
}

function placeAt(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}`;
}

/** V8 counts characters; people count lines. */
function withPlace(message: string, text: string): string {
  const offset = /at position (\d+)/.exec(message)?.[1];
  const flat = message.replaceAll(/\s+/g, ' ');
  if (offset === undefined) return flat;
  const before = text.slice(0, Number(offset)).split('\n');
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  return flat.replace(/(?: in JSON)? at position \d+.*$/, ` at ${place}`);
}

function lineOf(document: Document, lines: LineCounter, path: string): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const part of path.match(/[^.[\]]+/g) ?? []) {
    const pair = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === part)
      : undefined;
    node = isSeq(node) ? node.items[Number(part)] : pair?.value;
    const start = startOf(pair?.key ?? node);
    if (start === undefined) break;
    offset = start;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function refuse(messages: string[]): SpecText {
  return { ok: false, problems: messages.map((message) => ({ path: '', message })) };
}
