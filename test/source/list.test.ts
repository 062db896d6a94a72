import { expect, it } from 'vitest';
import { objectsOf, splitList } from '../../src/source/list.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';

const split = (text: string) =>
  readDocuments(text, 'l.yaml')
    .documents.flatMap(splitList)
    .map(document => [
      document.value,
      document.position.line,
      document.positionOf(['metadata', 'name']).line,
    ]);

it('of a list with more items than a file may have, the first are read', () => {
  const items = Array.from({ length: 50_002 }, () => ({}));
  const { documents } = readDocuments(JSON.stringify({ kind: 'List', items }), 'l.json');
  const { objects, problems } = objectsOf(documents);
  expect(objects).toHaveLength(50_000);
  expect(problems.map(({ message }) => message)).toEqual([
    'more than 50000 objects in this file; what follows was not read',
  ]);
});

it('splits a List into items that keep their lines', () => {
  const text =
    'kind: List\nitems:\n- kind: Pod\n  metadata:\n    name: a\n- kind: Node\n  metadata: {name: b}\n';
  expect(split(text)).toEqual([
    [{ kind: 'Pod', metadata: { name: 'a' } }, 3, 5],
    [{ kind: 'Node', metadata: { name: 'b' } }, 6, 7],
  ]);
});

it('keeps what was written for items', () => {
  const { documents } = readDocuments('kind: List\nitems: [{a: on}]\n', 'l.yaml');
  expect(documents.flatMap(splitList)[0]?.writtenAt?.(['a'])).toBe('on');
});

it('splits lists of one kind, and lists in lists', () => {
  const text = '{kind: List, items: [{kind: PodList, items: [{x: 1}, {x: 2}]}, {x: 3}]}';
  expect(split(text).map(([value]) => value)).toEqual([{ x: 1 }, { x: 2 }, { x: 3 }]);
});

it('gives the items of a typed list its kind, where they have none', () => {
  const text =
    '{apiVersion: apps/v1, kind: DeploymentList, items: [{x: 1}, {kind: Pod}, {kind: "", apiVersion: null}, 5]}';
  expect(split(text).map(([value]) => value)).toEqual([
    { x: 1, apiVersion: 'apps/v1', kind: 'Deployment' },
    { kind: 'Pod' },
    { apiVersion: 'apps/v1', kind: 'Deployment' },
    5,
  ]);
  expect(split('{kind: PodList, items: [{x: 1}]}').map(([value]) => value)).toEqual([{ x: 1 }]);
});

it.each([
  ['an empty list', '{kind: PodList, items: []}', []],
  ['a list that is null', '{kind: PodList, items: null}', []],
  ['a list that is no array', '{kind: List, items: {a: 1}}', [{ kind: 'List', items: { a: 1 } }]],
  ['a Pod whose items are null', '{kind: Pod, items: null}', [{ kind: 'Pod', items: null }]],
  ['a list without items', '{kind: AllowList, spec: {}}', [{ kind: 'AllowList', spec: {} }]],
  ['no map', '[1]', [[1]]],
])('takes %s as it is', (_, text, values) => {
  expect(split(text).map(([value]) => value)).toEqual(values);
});

it.each(['Pod', 'ConfigMap', 'Anything'])(
  'what a %s hides in its items is found, as kubectl applies it',
  kind => {
    expect(
      split(`kind: ${kind}\nmetadata: {name: x}\nitems:\n- kind: Pod\n  metadata: {name: evil}\n`),
    ).toEqual([[{ kind: 'Pod', metadata: { name: 'evil' } }, 4, 5]]);
  },
);
