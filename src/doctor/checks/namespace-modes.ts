import { SYSTEM_NAMESPACES } from '../../cluster/system.ts';
import { MODE_LABEL } from '../../pod/labels.ts';
import { MODES } from '../../pod/mode.ts';
import type { NamespaceFacts } from '../../pod/namespace.ts';
import { suggest } from '../../source/flaw.ts';
import { count, list, quote, someOf } from '../../source/text.ts';
import { defineCheck, warning } from '../check.ts';

/** How far along the ladder each namespace is. */
export const namespaceModes = defineCheck({
  id: 'namespace-modes',
  group: 'Namespaces',
  title: 'the mode of every namespace is a known one',
  reads: ['namespaces'],
  run: ({ namespaces }) => {
    const others = namespaces.filter(({ name }) => !SYSTEM_NAMESPACES.includes(name));
    const words = [...MODES.toReversed(), undefined].flatMap(mode => {
      const some = others.filter(({ labels }) => labels[MODE_LABEL] === mode).length;
      return some > 0 ? [`${some} ${mode ?? 'without a label'}`] : [];
    });
    return {
      ...(words.length > 0 && { seen: list(words) }),
      remarks: [...misspelt(others), ...onSystem(namespaces)],
    };
  },
});

function misspelt(namespaces: readonly NamespaceFacts[]) {
  const wrong = namespaces.filter(
    ({ labels: { [MODE_LABEL]: mode } }) => mode !== undefined && !MODES.some(one => one === mode),
  );
  return wrong.map(({ name, labels }) =>
    warning(
      `Namespace ${quote(name)} has ${MODE_LABEL}=${labels[MODE_LABEL]}, which is not a mode, so the namespace is enforced.`,
      suggest(labels[MODE_LABEL] ?? '', MODES, `Set it to ${list(MODES, 'or')}.`),
    ),
  );
}

function onSystem(namespaces: readonly NamespaceFacts[]) {
  const labelled = namespaces.filter(
    ({ name, labels }) => SYSTEM_NAMESPACES.includes(name) && labels[MODE_LABEL] !== undefined,
  );
  if (labelled.length === 0) return [];
  const names = someOf(labelled.map(({ name }) => quote(name)));
  return [
    warning(
      `${count(labelled.length, 'system namespace')} ${labelled.length === 1 ? 'has' : 'have'} the label ${MODE_LABEL}, which has no effect there: ${names}.`,
      'Remove the label.',
    ),
  ];
}
