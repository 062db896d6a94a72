import { hasLabels } from '../../cluster/labels.ts';
import { NodeIndex } from '../../cluster/node-index.ts';
import type { Nodes } from '../../cluster/view.ts';
import { anyCanTake } from '../../decision/land.ts';
import type { Scheduling } from '../../decision/schedule.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { count, list, quote } from '../../source/text.ts';
import { defineCheck, failure, idle, warning } from '../check.ts';
import { type Sandbox, sandboxes } from '../sandboxes.ts';

/** The scheduling of a Pod that asks for nothing. */
const ANYWHERE: Scheduling = { nodeSelector: {}, tolerations: [], affinity: [] };

/** Pods of a sandbox that no ready node can run are admitted, and wait. */
export const readyNodes = defineCheck({
  id: 'ready-nodes',
  group: 'Sandboxes',
  title: 'each sandbox has a ready node that can run it',
  reads: ['runtimeClasses', 'nodes'],
  run: ({ runtimeClasses, nodes }, { snapshot }) => {
    const found = sandboxes(runtimeClasses, snapshot.profiles);
    if (found.length === 0) return idle('no RuntimeClass is a sandbox');
    const index = new NodeIndex(nodes, runtimeClasses);
    const remarks = found.flatMap(facts => remarkOn(facts, index));
    if (remarks.length < found.length) return { remarks };
    const none = failure(
      'No ready node can run any sandbox, so every Pod that needs one stays pending.',
      'Start with one of the RuntimeClasses below.',
    );
    return { remarks: [none, ...remarks] };
  },
});

function remarkOn(facts: Sandbox, nodes: Nodes): readonly Remark[] {
  if (anyCanTake(nodes, ANYWHERE, facts)) return [];
  const having = nodes.having(facts.handler);
  const who = `Pods of RuntimeClass ${quote(facts.name)} stay pending:`;
  const handler = `the handler ${quote(facts.handler)}`;
  if (having.length === 0) {
    const fix =
      'Configure the handler on some nodes (docs/nodes.md), or delete the class, so that Pods are given another one.';
    return [warning(`${who} no node has ${handler}.`, fix)];
  }
  const selected = having.filter(({ labels }) => hasLabels(labels, facts.nodeSelector));
  if (selected.length === 0) {
    const wanted = Object.entries(facts.nodeSelector).map(([key, value]) => `${key}=${value}`);
    const fix = `Label the nodes that have the handler: kubectl label node ${having[0]?.name} ${wanted.join(' ')}`;
    return [warning(`${who} no node that has ${handler} is labelled ${list(wanted)}.`, fix)];
  }
  const one = selected.length === 1;
  return [
    warning(
      `${who} the ${one ? 'only node' : count(selected.length, 'node')} with ${handler} ${one ? 'is' : 'are'} not ready, cordoned, or tainted in a way that the class does not tolerate.`,
      `See what is wrong with it: kubectl describe node ${selected[0]?.name}`,
    ),
  ];
}
