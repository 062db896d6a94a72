import { byId, el, glyph } from './dom.ts';
import { EVERYTHING, type Filter, hashOf, ORDERS, type Selection } from './filter.ts';
import type { Model } from './model.ts';

/** How long after the last key the address changes, in milliseconds: browsers accept some hundred changes in half a minute. */
const SETTLED_MS = 300;

/** The controls that show and change the filter. */
export interface Tools {
  /** Updates fields and numbers for a filter and the rows that pass it. */
  show(filter: Filter, selection: Selection): void;
}

/** @param choose called with another filter */
export function toolsFor(model: Model, choose: (filter: Filter) => void): Tools {
  const search = byId<HTMLInputElement>('search');
  const selects = {
    namespace: byId<HTMLSelectElement>('namespace'),
    signal: byId<HTMLSelectElement>('signal'),
    order: byId<HTMLSelectElement>('order'),
  };
  const namespaces = [...new Set(model.rows.map(row => model.text(row.namespace)))].toSorted();
  const signals = model.signals.toSorted((a, b) => (a.title < b.title ? -1 : 1));
  selects.namespace.append(new Option('all', ''), ...namespaces.map(name => new Option(name, name)));
  selects.signal.append(
    new Option('all', ''),
    ...signals.map(({ id, title }) => new Option(`${title} (${id})`, id)),
  );
  selects.order.append(...ORDERS.map(order => new Option(order, order)));
  let current = EVERYTHING;
  const change = (part: Partial<Filter>): void => choose({ ...current, ...part });
  search.addEventListener('input', () => change({ search: search.value.trim() }));
  search.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') change({ search: '' });
  });
  for (const [key, select] of Object.entries(selects))
    select.addEventListener('change', () => change({ [key]: select.value }));
  const chips = chipsFor(model, id => change({ state: current.state === id ? '' : id }));
  let timer = 0;
  return {
    show(filter, { rows, counts }) {
      current = filter;
      if (search.value.trim() !== filter.search) search.value = filter.search;
      for (const [key, select] of Object.entries(selects)) select.value = filter[key as keyof typeof selects];
      chips.forEach(({ button, number }, i) => {
        button.setAttribute('aria-pressed', String(model.states[i]?.id === filter.state));
        number.textContent = String(counts[i]);
        button.hidden = counts[i] === 0 && model.states[i]?.id !== filter.state;
      });
      const [found, all] = [rows.length, model.rows.length];
      byId('found').textContent = found === all ? `${all} in all` : `${found} of ${all}`;
      byId('clear').hidden = found === all;
      clearTimeout(timer);
      timer = window.setTimeout(() => remember(filter), SETTLED_MS);
    },
  };
}

/** Writes the filter into the address, so that it leads back here. */
function remember(filter: Filter): void {
  const hash = hashOf(filter);
  const isPlain = hash === '#list' && location.hash === '';
  if (!isPlain && hash !== location.hash) history.replaceState(null, '', hash);
}

/** A button for each state that some row has. */
function chipsFor(model: Model, press: (id: string) => void) {
  return model.states.map(({ id, word, glyph: mark }) => {
    const number = el('span.number');
    const button = el(
      'button',
      { type: 'button', class: `chip ${id}`, 'aria-pressed': 'false' },
      glyph(mark),
      word,
      number,
    );
    button.addEventListener('click', () => press(id));
    byId('states').append(button);
    return { button, number };
  });
}
