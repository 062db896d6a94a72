import { KINDS, PLACE_WORDS, PLACES, type Row, type Side, STANDINGS, type Text } from '../data.ts';
import { type Child, el, glyph } from './dom.ts';
import type { Model } from './model.ts';

/** Everything about one object: why and what to do, how its score adds up, where it could run, and what was found. */
export const sectionOf = (row: Row, model: Model): HTMLElement =>
  el(
    'div',
    { class: row.sides.length > 1 ? 'section two' : 'section' },
    ...row.sides.map(side => sideOf(side, model)),
    model.text(row.source) !== '' && el('p.source.quiet', {}, el('code', {}, model.text(row.source))),
  );

function sideOf(side: Side, model: Model): HTMLElement {
  const text = (place: Text): string => model.text(place);
  const paragraph = (label: string, place: Text): Child =>
    text(place) !== '' && el('p.told', {}, el('b', {}, label), ' ', el('span', {}, text(place)));
  return el(
    'div.side',
    {},
    text(side.title) !== '' && el('h3', {}, text(side.title)),
    paragraph('Why', side.why),
    paragraph('Fix', side.fix),
    ...side.exemptions.map(one => paragraph('Exempt', one)),
    ...side.notes.map(one => paragraph('Note', one)),
    el(
      'div.columns',
      {},
      el('div', {}, scoreOf(side, model), floorsOf(side, model)),
      placementOf(side, model),
    ),
    findingsOf(side, model),
  );
}

/** The highest score. */
const MOST = 100;

/** A bar of the score's parts, with marks for the tiers, and below it each part with its weight. */
function scoreOf({ parts, policy }: Side, model: Model): HTMLElement {
  const { name, tiers } = model.policies[policy] ?? { name: 0, tiers: [] };
  const sum = parts.reduce((total, [, , weight]) => total + weight, 0);
  const whole = Math.max(MOST, sum);
  const bar = el('div.parts', { 'aria-hidden': 'true' });
  for (const [kind, , weight] of parts) {
    const part = el('i', { class: KINDS[kind] ?? '' });
    part.style.width = `${(100 * weight) / whole}%`;
    bar.append(part);
  }
  for (const { atLeast, isolation } of tiers) {
    const tick = el('i', { class: `tier ${isolation}`, title: `${atLeast}: ${isolation}` });
    tick.style.left = `${(100 * atLeast) / whole}%`;
    bar.append(tick);
  }
  const capped = sum > MOST ? ` (${sum}, and ${MOST} is the most)` : '';
  return el(
    'div.adds-up',
    {},
    el(
      'h4',
      {},
      `Score ${Math.min(MOST, sum)}${capped}`,
      el('span.quiet', {}, ' by policy ', el('bdi', {}, model.text(name))),
    ),
    bar,
    parts.length === 0
      ? el('p.quiet', {}, 'Nothing weighs.')
      : el(
          'ul.weights',
          {},
          ...parts.map(([kind, words, weight]) =>
            el(
              'li',
              { class: KINDS[kind] ?? '' },
              el('i.swatch'),
              el('span.number', {}, String(weight)),
              el('bdi', {}, model.text(words)),
              el('span.quiet', {}, KINDS[kind]),
            ),
          ),
        ),
  );
}

const floorsOf = ({ floors, required }: Side, model: Model): HTMLElement =>
  el(
    'div',
    {},
    el('h4', {}, `Required: ${PLACE_WORDS[PLACES[required] ?? 'unasked']}`),
    floors.length === 0
      ? el('p.quiet', {}, 'Nothing requires a sandbox.')
      : el('ul.plain', {}, ...floors.map(floor => el('li', {}, model.text(floor)))),
  );

const STANDING_WORDS = ['not asked', 'in it', 'would fit', 'does not fit'] as const;

function placementOf({ placement }: Side, model: Model): Child {
  if (placement.length === 0) return false;
  return el(
    'div',
    {},
    el('h4', {}, 'Sandboxes, in order'),
    el(
      'ol.steps',
      {},
      ...placement.map(([name, place, standing, objections]) => {
        const isolation = PLACES[place] ?? 'unasked';
        return el(
          'li',
          { class: STANDINGS[standing] ?? '' },
          el(
            'p.step',
            {},
            el('span', { class: `place ${isolation}` }, glyph(isolation), el('bdi', {}, model.text(name))),
            el('b', {}, STANDING_WORDS[standing]),
          ),
          objections.length > 0 &&
            el('ul.plain', {}, ...objections.map(one => el('li', {}, model.text(one)))),
        );
      }),
    ),
  );
}

function findingsOf({ findings, more }: Side, model: Model): Child {
  if (findings.length === 0) return false;
  const rows = findings.map(([signal, source, place, waivedBy]) => {
    const { id = '', category = '' } = model.signals[signal] ?? {};
    const waived = model.text(waivedBy);
    return el(
      'li',
      { class: category },
      el('span.signal', {}, el('i.swatch'), el('code', {}, id)),
      el('code.at', {}, el('bdi', {}, model.text(place))),
      el('code.quiet', {}, el('bdi', {}, model.text(source)), waived !== '' && ` waived by ${waived}`),
    );
  });
  return el(
    'div',
    {},
    el('h4', {}, 'Found'),
    el('ul.findings', {}, ...rows, more > 0 && el('li.quiet', {}, `and ${more} more`)),
  );
}
