import { html, type Markup, NOTHING } from './markup.ts';

/** How much of a long list is in sight, and how much there is at all. */
interface Limits {
  readonly shown: number;
  readonly most: number;
  /** What the others are, in the plural: `namespaces`. */
  readonly unit: string;
  /** Where to find those that are left out: `which the list has`. */
  readonly where: string;
}

/** The first items; the others unfold below them. */
export function folded<T>(
  all: readonly T[],
  { shown, most, unit, where }: Limits,
  written: (some: readonly T[]) => Markup,
): Markup {
  const rest = all.slice(shown, most);
  const left = all.length - shown - rest.length;
  const unfolds =
    rest.length === 0
      ? NOTHING
      : html`<details class="more"><summary>${rest.length} more ${unit}</summary>${written(rest)}${
          left > 0 ? html`<p class="quiet">And ${left} more, ${where}.</p>` : NOTHING
        }</details>`;
  return html`${written(all.slice(0, shown))}
${unfolds}`;
}
