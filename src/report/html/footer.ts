import type { Problem } from '../../source/document.ts';
import { alsoSentence, placeWords, type Told } from '../layout/problem.ts';
import { html, type Markup, NOTHING } from './markup.ts';

/** How many problems of one kind are listed. */
const MOST = 100;

/** Further remarks, one sentence each. */
export const sentences = (lines: readonly string[]): Markup =>
  lines.length === 0
    ? NOTHING
    : html`<ul class="sentences">${lines.map(line => html`<li>${line}</li>`)}</ul>`;

/** What was not judged as it is, or is worth knowing about policies, each with its place and what to do. */
export function problemList(title: string, problems: readonly Told[]): Markup {
  if (problems.length === 0) return NOTHING;
  const left = problems.length - MOST;
  return html`<section class="card problems"><h2>${title}</h2><ul>${problems.slice(0, MOST).map(problemRow)}</ul>${
    left > 0 ? html`<p class="quiet">And ${left} more.</p>` : NOTHING
  }</section>`;
}

const problemRow = ({ severity, position, object, path, message, fix, also }: Told): Markup =>
  html`<li class="${severity}"><b>${severity}</b> <code>${placeWords(position)}</code> ${[object, path]
    .filter(part => part)
    .map(part => html`<code>${part ?? ''}</code> `)}${message}.${also ? ` ${alsoSentence(also)}` : ''}${
    fix ? html` <span class="quiet">${fix}</span>` : ''
  }</li>`;

/** The problems that leave something unjudged. */
export const errorsIn = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter(({ severity }) => severity === 'error');
