import { blocksIn, textOf } from './pages.ts';

/** The small part of Mermaid's flowcharts that the pages use; anything else is a fault, so what is read here is what is drawn. */
const NODE = /^(\w+)(?:\["([^"[\]{}()]+)"\]|\(\["([^"[\]{}()]+)"\]\))$/;
const GROUP = /^subgraph (\w+) \["([^"[\]{}()]+)"\]$/;
const ARROW = /^(\w+) -->(?:\|[\w ]+\|)? (\w+)$/;
const KNOWN = [NODE, GROUP, ARROW, /^end$/, /^flowchart TB$/];

export interface Picture {
  readonly parts: readonly string[];
  readonly groups: readonly string[];
  readonly arrows: readonly (readonly [from: string, to: string])[];
  /** The file or folder of a part that belongs to this repository. */
  pathOf(part: string): string | undefined;
  /** Lines that fit none of the forms, parts without an arrow, ends of arrows that are no part, groups without an end. */
  readonly faults: readonly string[];
}

export const picturesIn = (page: string): readonly Picture[] => blocksIn(textOf(page), 'mermaid').map(read);

function read(block: string): Picture {
  const lines = block
    .trim()
    .split('\n')
    .map(line => line.trim());
  const labels = new Map(
    lines.flatMap(line => {
      const [, id, label, round] = NODE.exec(line) ?? [];
      return id === undefined ? [] : [[id, label ?? round ?? ''] as const];
    }),
  );
  const groups = lines.flatMap(line => GROUP.exec(line)?.[1] ?? []);
  const arrows = lines.flatMap(line => {
    const [, from, to] = ARROW.exec(line) ?? [];
    return from !== undefined && to !== undefined ? [[from, to] as const] : [];
  });
  const parts = [...labels.keys()];
  const ends = new Set(arrows.flat());
  const open = groups.length - lines.filter(line => line === 'end').length;
  return {
    parts,
    groups,
    arrows,
    pathOf: part => labels.get(part)?.split('<br/>')[1],
    faults: [
      ...lines.filter(line => !KNOWN.some(form => form.test(line))),
      ...parts.filter(part => !ends.has(part)),
      ...[...ends].filter(end => !labels.has(end) && !groups.includes(end)),
      ...(open === 0 ? [] : [`${open} groups without an end`]),
    ],
  };
}
