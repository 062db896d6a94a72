import type { Purpose } from '../document.ts';
import type { Templates } from '../rendered.ts';
import type { IsPassedOver } from '../yaml/pass-over.ts';
import { type Reading, readDocuments } from '../yaml/yaml.ts';
import { chartOf, shellLine } from './projects.ts';

/** What a file is read for, and the kinds of which only the number counts. */
export interface HowRead {
  readonly of: Purpose;
  readonly isPassedOver?: IsPassedOver;
  /** The files that it was made from. */
  readonly templates?: Templates | undefined;
}

/** What is wrong with a file that is a template. */
export const IS_TEMPLATE = 'a Helm template (it holds {{ }}), not a manifest';

/** @param chart its folder, where that is known */
export const renderFirst = (chart = 'CHART'): string =>
  `Render the chart, and review what comes out: ${shellLine(['helm', 'template', chart])} | cofferdam review -`;

/** Helm accepts no larger template (`MaxDecompressedFileSize`, 5 MiB). */
const LARGEST_BYTES = 5 * 1024 * 1024;

/** An action without braces in it, so that text full of `{{` is read only once. */
const ACTION = /\{\{[^{}]*\}\}/g;

/** Lines that consist of actions (`{{- if .x }}`), which leave nothing behind when a template is rendered. */
const ACTIONS_ALONE = /^[ \t]*(?:\{\{[^{}]*\}\}[ \t]*)+$/gm;

/** Keeps the length of the text, so that problems keep their places. */
const withoutActions = (text: string): string =>
  text
    .replace(ACTIONS_ALONE, lines => lines.replace(/[^\n]/g, ' '))
    .replace(ACTION, action => action.replace(/[^\n]/g, 'x'));

/**
 * What was read, or one problem for the whole file where it is a Helm template: what is wrong with one goes away with its
 * actions. YAML that only quotes actions (Argo, Prometheus, a ConfigMap) has the same problems without them.
 */
export function readUnlessTemplate(
  text: string,
  file: string,
  { of, isPassedOver, templates }: HowRead,
): Reading {
  const reading = readDocuments(text, file, of, isPassedOver, templates);
  if (reading.problems.length === 0 || text.length > LARGEST_BYTES || !text.includes('{{')) return reading;
  const without = readDocuments(withoutActions(text), file, of, isPassedOver, templates);
  const left = new Set(without.problems.map(problem => JSON.stringify(problem)));
  const gone = reading.problems.find(problem => !left.has(JSON.stringify(problem)));
  if (!gone) return reading;
  return { documents: [], problems: [{ ...gone, message: IS_TEMPLATE, fix: renderFirst(chartOf(file)) }] };
}
