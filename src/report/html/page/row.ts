import { PLACES, type Row, STANDINGS, type Standing } from '../data.ts';
import { el, glyph } from './dom.ts';
import type { Model } from './model.ts';
import { sectionOf } from './section.ts';

/** A row that unfolds: the object, where it runs, its score, and each sandbox with why not. What unfolds is made when it does. */
export function rowElement(row: Row, model: Model): HTMLElement {
  const state = model.states[row.state];
  const place = placeName(row.now);
  const summary = el(
    'summary',
    {},
    el(
      'span.state',
      { class: `state ${row.before ? state?.id : place}` },
      glyph(state?.glyph ?? place),
      el('span.word', {}, state?.word),
    ),
    who(row, model),
    row.before ? change(row.before, row.now, model) : false,
    score(row),
    ...(row.before ? [] : cells(row, model)),
  );
  const details = el('details.row', {}, summary) as HTMLDetailsElement;
  details.addEventListener('toggle', () => unfold(details, row, model));
  return details;
}

/** Makes the part that unfolds, once. */
export function unfold(details: HTMLDetailsElement, row: Row, model: Model): void {
  if (details.open && details.childElementCount === 1) details.append(sectionOf(row, model));
}

function who({ name, namespace, pods, aside }: Row, model: Model): HTMLElement {
  const [kind = '', ...rest] = model.text(name).split('/');
  return el(
    'span.who',
    {},
    el('bdi.name', {}, rest.join('/')),
    el(
      'span.of',
      {},
      `${kind} in `,
      el('bdi', {}, model.text(namespace)),
      pods !== undefined && ` · ${pods} ${pods === 1 ? 'Pod' : 'Pods'}`,
      aside !== undefined && ` · ${model.text(aside)}`,
    ),
  );
}

const change = (before: Standing, now: Standing, model: Model): HTMLElement =>
  el(
    'span.change',
    {},
    place(before, model),
    el('span.arrow', { role: 'img', 'aria-label': 'then' }, '→'),
    place(now, model),
  );

const place = (standing: Standing, model: Model): HTMLElement => {
  const name = placeName(standing);
  return el('span', { class: `place ${name}` }, glyph(name), el('bdi', {}, model.text(standing.words)));
};

const placeName = ({ place }: Standing): string => PLACES[place] ?? 'unasked';

/** A small bar with its number: the part that tiers look at and, after it and paler, hygiene. */
function score({ before, now }: Row): HTMLElement {
  const was = before && before.tierScore !== now.tierScore ? `${before.tierScore} → ` : '';
  return el(
    'span.points',
    { title: `score ${now.tierScore}, and ${now.hygiene} of hygiene` },
    el('span.track', {}, sized('i.sum', now.tierScore), sized('i.hygiene', now.hygiene)),
    el('span.number', {}, `${was}${now.tierScore}`),
  );
}

/** A part of a bar of 100. The page's policy forbids style attributes, which this is not. */
function sized(name: string, percent: number): HTMLElement {
  const part = el(name);
  part.style.width = `${percent}%`;
  return part;
}

const WORDS = ['not asked', 'in it', 'would fit'] as const;
const MARKS = ['·', '●', '✓', '✕'] as const;

const cells = ({ cells }: Row, model: Model): readonly HTMLElement[] =>
  cells.map(([standing, why], i) => {
    const words = WORDS[standing] ?? model.text(why);
    return el(
      'span',
      { class: `cell ${STANDINGS[standing]}`, title: `${model.text(model.columns[i] ?? 0)}: ${words}` },
      el('bdi.column', {}, model.text(model.columns[i] ?? 0)),
      el('span.mark', { 'aria-hidden': 'true' }, MARKS[standing]),
      el('span.why', {}, words),
    );
  });
