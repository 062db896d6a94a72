import { hasLabels } from '../../cluster/labels.ts';
import type { NodeFacts, RuntimeClassFacts } from '../../cluster/view.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { count, quote, someOf } from '../../source/text.ts';
import { defineCheck, warning } from '../check.ts';
import { sandboxes } from '../sandboxes.ts';

/**
 * A class may send Pods to nodes that lack its handler. There they fail to start ("no runtime for … is configured"), again and
 * again, and no other node is tried.
 */
export const handlersOnNodes = defineCheck({
  id: 'handlers-on-nodes',
  group: 'Sandboxes',
  title: 'RuntimeClasses send Pods only to nodes that have their handler',
  reads: ['runtimeClasses', 'nodes'],
  run: ({ runtimeClasses, nodes }, { snapshot }) => {
    const reporting = nodes.filter(({ handlers }) => handlers !== undefined);
    return {
      seen: `${reporting.length} of ${count(nodes.length, 'node')} ${reporting.length === 1 ? 'reports' : 'report'} handlers`,
      remarks: sandboxes(runtimeClasses, snapshot.profiles).flatMap(facts => remarksOn(facts, reporting)),
    };
  },
});

function remarksOn(
  { name, handler, nodeSelector }: RuntimeClassFacts,
  reporting: readonly NodeFacts[],
): readonly Remark[] {
  const has = ({ handlers }: NodeFacts): boolean => handlers?.some(one => one.name === handler) ?? false;
  const chosen = reporting.filter(({ labels }) => hasLabels(labels, nodeSelector));
  const without = chosen.filter(node => !has(node));
  // If no node has it at all, another check says so.
  if (without.length === 0 || !reporting.some(has)) return [];
  const names = someOf(without.map(node => quote(node.name)));
  return [
    warning(
      `RuntimeClass ${quote(name)} may send Pods to ${count(without.length, 'node')} without the handler ${quote(handler)}, where they cannot start: ${names}.`,
      'Label the nodes that have the handler, and select that label in scheduling.nodeSelector of the class.',
    ),
  ];
}
