import { byId } from './dom.ts';

/** Keys that step from row to row: `j` and `k` anywhere, the arrows within the list and from the search into it. */
const STEPS: Readonly<Record<string, 1 | -1>> = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

/** Handles the keys for moving: `/` for the search, and steps from row to row. Enter and space unfold without a script. */
export function listenToKeys(): void {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/' && !isTyped(event)) return toSearch(event);
    const step = STEPS[event.key];
    if (step !== undefined && isStep(event)) move(event, step);
  });
}

function toSearch(event: KeyboardEvent): void {
  const search = byId<HTMLInputElement>('search');
  event.preventDefault();
  search.focus();
  search.select();
}

function isStep(event: KeyboardEvent): boolean {
  const { key, target } = event;
  if (isTyped(event))
    return key === 'ArrowDown' && target instanceof HTMLInputElement && target.type === 'search';
  // Elsewhere, arrows scroll.
  return !key.startsWith('Arrow') || isInRow();
}

/** Whether the key belongs to an input that is being used. */
const isTyped = ({ target }: KeyboardEvent): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement;

const isInRow = (): boolean => Boolean(document.activeElement?.closest('.row'));

function move(event: KeyboardEvent, step: 1 | -1): void {
  const here = document.activeElement?.closest('.row');
  const first = byId('rows').firstElementChild;
  const next = here ? (step > 0 ? here.nextElementSibling : here.previousElementSibling) : first;
  const summary = next?.querySelector('summary');
  if (!summary) return;
  event.preventDefault();
  summary.focus({ preventScroll: true });
  summary.scrollIntoView({ block: 'nearest' });
}
