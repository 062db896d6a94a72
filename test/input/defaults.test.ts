import { expect, it } from 'vitest';
import { filledIn } from '../../src/input/defaults.ts';
import { podsIn } from '../../src/input/pods-in.ts';

const OWNER = { kind: 'Task', name: 't', namespace: 'ci' };
const task = (spec: object) => ({ apiVersion: 'tekton.dev/v1', kind: 'Task', metadata: { name: 't' }, spec });

it('fills in by name what lists hold, and leaves to an item what it says itself', () => {
  const filled = filledIn(
    {
      stepTemplate: {
        image: 'a:1',
        command: ['x'],
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
        securityContext: { privileged: true, capabilities: { add: ['SYS_ADMIN'] } },
      },
      steps: [
        {
          name: 's',
          command: null,
          env: [{ name: 'A', value: '3' }],
          securityContext: { privileged: false },
        },
      ],
    },
    100,
  );
  expect(filled?.map).toEqual({
    steps: [
      {
        name: 's',
        image: 'a:1',
        command: ['x'],
        env: [
          { name: 'A', value: '3' },
          { name: 'B', value: '2' },
        ],
        securityContext: { privileged: false, capabilities: { add: ['SYS_ADMIN'] } },
      },
    ],
  });
  expect(filled?.moved).toContainEqual([
    ['steps', 0, 'env', 1],
    ['stepTemplate', 'env', 1],
  ]);
  expect(filled?.moved).toContainEqual([
    ['steps', 0, 'securityContext', 'capabilities'],
    ['stepTemplate', 'securityContext', 'capabilities'],
  ]);
});

it.each([
  ['where nothing stands beside it', { stepTemplate: { image: 'a' } }],
  ['where no item becomes a container', { stepTemplate: { color: 'red' }, steps: [{ name: 'a' }] }],
  ['a whole Pod template', { armTemplate: { spec: { containers: [] } }, arms: [{ name: 'a' }] }],
  ['a step that is defined elsewhere', { stepTemplate: { image: 'a' }, steps: [{ ref: { name: 'b' } }] }],
])('leaves as it is %s', (_, map) => {
  expect(filledIn(map, 100)?.map).toEqual(map);
});

it('is no product of two lists: what is too much is said, and nothing is made of it', () => {
  const env = Array.from({ length: 2000 }, (__, i) => ({ name: `E${i}`, value: '' }));
  const steps = Array.from({ length: 2000 }, (__, i) => ({ name: `s${i}`, image: 'a:1', env: [] }));
  expect(podsIn(task({ stepTemplate: { env }, steps }), OWNER).excess).toMatch(
    /too many to be looked through/,
  );
});

it('goes no deeper than calls can', () => {
  const deep = (): object => {
    let value: object = {};
    for (let i = 0; i < 100_000; i++) value = { a: value };
    return value;
  };
  const spec = { stepTemplate: { x: deep() }, steps: [{ name: 's', image: 'a:1', x: deep() }] };
  expect(podsIn(task(spec), OWNER).pods).toHaveLength(1);
});
