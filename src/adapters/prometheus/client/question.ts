import { mergeSelectors } from '../selectors/merge-selectors.ts';
import { matching, showSelector, type Selector } from '../selectors/selector.ts';
import type { Answer } from './answer.ts';

/** A query for a server. Queries with selectors can share a request with others. */
export type Question =
  | { kind: 'text'; text: string; atS?: number }
  /** The scraped samples of each series in the last `windowS` seconds. */
  | { kind: 'samples'; selector: Selector; windowS: number; atS: number }
  /** Aggregated by these labels and those of the selector. */
  | { kind: 'sum' | 'max'; selector: Selector; by: readonly string[]; atS: number };

/** One request to a server, and the questions that it answers. */
export interface SharedQuery<Q extends Question = Question> {
  text: string;
  atS?: number;
  for: { question: Q; part: (answer: Answer) => Answer }[];
}

/** Merges questions into fewer requests where possible. */
export function shareQueries<Q extends Question>(questions: readonly Q[]): SharedQuery<Q>[] {
  const groups = new Map<string, Q[]>();
  for (const question of questions) {
    const key = sharedKey(question);
    groups.set(key, [...(groups.get(key) ?? []), question]);
  }
  return [...groups.values()].flatMap(shareOneKind);
}

export function showQuestion(question: Question): string {
  return question.kind === 'text' ? question.text : wrap(question, question.selector);
}

/** All of a question except its selector. */
function sharedKey(question: Question): string {
  if (question.kind === 'text') return JSON.stringify([question.text, question.atS]);
  const { selector: _, ...form } = question;
  return JSON.stringify(form);
}

function shareOneKind<Q extends Question>(questions: Q[]): SharedQuery<Q>[] {
  const bySelector = new Map<Selector, Q>();
  for (const question of questions) {
    if (question.kind === 'text') return [asItIs(question)];
    bySelector.set(question.selector, question);
  }
  return mergeSelectors([...bySelector.keys()]).map(({ selector, of }) => {
    const asked = of.flatMap((each) => bySelector.get(each) ?? []);
    const [first] = asked;
    if (asked.length === 1 && first) return asItIs(first);
    return {
      ...timeOf(first),
      text: first && first.kind !== 'text' ? wrap(first, selector) : '',
      for: asked.map((question) => ({ question, part: partFor(question) })),
    };
  });
}

function asItIs<Q extends Question>(question: Q): SharedQuery<Q> {
  return {
    ...timeOf(question),
    text: showQuestion(question),
    for: [{ question, part: (answer) => answer }],
  };
}

function timeOf(question: Question | undefined): { atS?: number } {
  return question?.atS === undefined ? {} : { atS: question.atS };
}

function wrap(question: Exclude<Question, { kind: 'text' }>, selector: Selector): string {
  const shown = showSelector(selector);
  if (question.kind === 'samples') return `${shown}[${question.windowS}s]`;
  const labels = new Set([...question.by, ...selector.matchers.map(({ label }) => label)]);
  return `${question.kind} by (${[...labels].sort().join(',')}) (${shown})`;
}

function partFor(question: Question): (answer: Answer) => Answer {
  if (question.kind === 'text') return (answer) => answer;
  const matchesSelector = matching(question.selector);
  return (answer) => {
    if (!('series' in answer.result)) return answer;
    const series = answer.result.series.filter(({ labels }) => matchesSelector(labels));
    return { ...answer, result: { ...answer.result, series } };
  };
}
