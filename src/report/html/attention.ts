import { count, someOf } from '../../source/text.ts';
import type { Item } from './items.ts';
import { html, type Markup, NOTHING } from './markup.ts';

/** How many groups are shown. */
const SHOWN = 8;

/** What is said about something that needs attention. */
export interface Notice {
  /** What is wrong, as a sentence or a few words. */
  readonly what: string;
  /** Further lines, each with its label: `Fix`. */
  readonly lines: readonly (readonly [label: string, text: string])[];
}

interface Group extends Notice {
  readonly items: readonly Item[];
}

/**
 * What needs attention, with similar things in one group: what it is, how many there are, and what to do. The largest group
 * comes first.
 * @param id the state by which the others are found
 */
export function attention(
  title: string,
  items: readonly Item[],
  noticeOf: (item: Item) => Notice,
  id: string,
): Markup {
  if (items.length === 0) return NOTHING;
  const groups = [...Map.groupBy(items, item => JSON.stringify(noticeOf(item)))]
    .map(([key, some]): Group => ({ ...(JSON.parse(key) as Notice), items: some }))
    .toSorted((a, b) => weightOf(b) - weightOf(a));
  const left = groups.slice(SHOWN).flatMap(group => group.items).length;
  return html`<section class="card attention ${id}"><h2>${title}</h2><ol>${groups.slice(0, SHOWN).map(groupRow)}</ol>${
    left > 0 ? html`<p><a href="#state=${id}">${left} more for other reasons</a></p>` : NOTHING
  }</section>`;
}

const weightOf = ({ items }: Pick<Group, 'items'>): number =>
  items.reduce((sum, item) => sum + item.count, 0);

function groupRow({ what, lines, items }: Group): Markup {
  const names = someOf(items.map(({ name, result: { namespace } }) => `${namespace}/${name}`));
  const pods = items.reduce((sum, item) => sum + (item.pods ?? 0), 0);
  // Workloads may have no Pods now.
  const number = pods > 0 ? count(pods, 'Pod') : String(items.length);
  return html`<li><p class="why">${items.length > 1 || pods > 0 ? html`<b class="number">${number}</b> ` : ''}${what}</p><p class="who"><bdi>${names}</bdi></p>${lines
    .filter(([, text]) => text !== '')
    .map(([label, text]) => html`<p class="line ${label.toLowerCase()}"><b>${label}</b> ${text}</p>`)}</li>`;
}
