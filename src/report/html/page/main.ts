import type { PageData } from '../data.ts';
import { byId, el } from './dom.ts';
import { EVERYTHING, type Filter, filterIn, isFilter, select } from './filter.ts';
import { listenToKeys } from './keys.ts';
import { List } from './list.ts';
import { type Model, modelOf } from './model.ts';
import { toolsFor } from './tools.ts';

/*
The script of a page: it builds the list from the JSON in the page, and shows the part that is asked for. The address says which
part, so links within the page work.
*/

// A page without anything judged has no list.
if (document.getElementById('list')) start();

function start(): void {
  const model = modelOf(JSON.parse(byId('data').textContent ?? '') as PageData);
  const list = new List(byId('rows'), byId('end'), model);
  const tools = toolsFor(model, show);
  function show(filter: Filter): void {
    const selection = select(filter, model);
    list.show(selection.rows);
    tools.show(filter, selection);
  }
  header(model);
  byId('tools').hidden = false;
  listenToKeys();
  window.addEventListener('hashchange', () => follow(show));
  byId('clear').addEventListener('click', () => show(EVERYTHING));
  window.addEventListener('beforeprint', () => list.finish());
  show(filterIn(location.hash));
}

/** Does what a link asks for, and moves to the list. */
function follow(show: (filter: Filter) => void): void {
  if (!isFilter(location.hash)) return;
  show(filterIn(location.hash));
  byId('list').scrollIntoView();
  byId('list').focus({ preventScroll: true });
}

/** The names of the columns. Each cell also has its own, for readers who cannot see these. */
function header({ columns, rows, text }: Model): void {
  const head = byId('head');
  head.parentElement?.style.setProperty('--columns', String(columns.length));
  if (rows.some(row => row.before)) {
    head.parentElement?.classList.add('changes');
    head.append(
      el('span', {}, 'Change'),
      el('span', {}, 'Workload'),
      el('span', {}, 'Before and after'),
      el('span', {}, 'Score'),
    );
  } else {
    head.append(
      el('span', {}, 'Verdict'),
      el('span', {}, 'Workload'),
      el('span', {}, 'Score'),
      ...columns.map(column => el('bdi', {}, text(column))),
    );
  }
  head.setAttribute('aria-hidden', 'true');
  head.hidden = false;
}
