import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { crdFile, crdOf } from '../../scripts/pages/crds.ts';
import { KINDS } from '../../src/source/group.ts';

const FOLDER = new URL('../../charts/cofferdam/files/crds/', import.meta.url);

interface Node {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node;
}

const schemaOf = (kind: (typeof KINDS)[number]): Node =>
  parse(crdOf(kind)).spec.versions[0].schema.openAPIV3Schema;

/** Every node with its path, the root first. */
function nodes(node: Node, path = ''): (readonly [path: string, node: Node])[] {
  return [
    [path, node],
    ...Object.entries(node.properties ?? {}).flatMap(([name, child]) => nodes(child, `${path}.${name}`)),
    ...(node.items ? nodes(node.items, `${path}[]`) : []),
    ...(node.additionalProperties ? nodes(node.additionalProperties, `${path}.*`) : []),
  ];
}

describe('the CustomResourceDefinitions', () => {
  it('are one file for each kind', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(KINDS.map(crdFile).sort());
  });

  it.each(KINDS)('%s is up to date: run node scripts/crds.ts', kind => {
    expect(readFileSync(new URL(crdFile(kind), FOLDER), 'utf8')).toBe(crdOf(kind));
  });

  it.each(KINDS)('%s says something of every field, so that kubectl explain can', kind => {
    const silent = nodes(schemaOf(kind))
      .filter(([path, { description }]) => !/^(\.metadata|.*(\[\]|\.\*))$/.test(path) && !description)
      .map(([path]) => path);
    expect(silent).toEqual([]);
  });

  it.each(KINDS)('%s has nothing that a structural schema must not have', kind => {
    expect(crdOf(kind)).not.toMatch(/additionalProperties: false|oneOf:|const:/);
  });
});
