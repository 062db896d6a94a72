import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { nearest } from '../../source/nearest.ts';
import { refuseBadLiteral } from './literals.ts';
import { registerMatches } from './matches.ts';
import { CelRefused, childrenOf } from './measure.ts';
import { refuseForeignCall } from './signatures.ts';
import { type Fields, kindOf, NAMESPACE_TYPES, namespaceFields, type Typed, typeOf } from './types.ts';
import { refuseUnlike } from './unlike.ts';

/**
 * What an API server of Kubernetes 1.30 and newer would not compile, although the library here does, or would read
 * otherwise: rules of cluster policies are part of the guard, where cel-go evaluates the same text (k8s.io/apiserver
 * pkg/cel/environment). The types of `namespaceObject` are known there, elements of a literal are of one type (dyn is
 * another), and some functions and conversions are not. `test/cel/kubernetes.ts` is a table that is run through both.
 * @returns the type of what it evaluates to
 * @throws CelRefused, or what the library throws
 */
export function foreignType(expression: string, variables: readonly string[]): string | undefined {
  const program = environmentOf(variables).parse(expression);
  const { valid, error, type } = program.check();
  if (!valid) throw error;
  walk(program.ast, expression);
  return type;
}

const environments = new Map<string, Environment>();

function environmentOf(variables: readonly string[]): Environment {
  const key = variables.join();
  let environment = environments.get(key);
  if (!environment) {
    environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: true });
    for (const [name, fields] of Object.entries(NAMESPACE_TYPES)) {
      environment.registerType(name, { fields: { ...fields } });
    }
    for (const name of [...Object.keys(NAMESPACE_TYPES), 'google.protobuf.Timestamp']) {
      environment.registerOperator(`${name} == null`, () => true);
    }
    for (const name of variables) {
      environment.registerVariable(name, name === 'namespaceObject' ? 'Namespace' : 'dyn');
    }
    registerMatches(environment);
    environments.set(key, environment);
  }
  return environment;
}

function walk(node: ASTNode, expression: string, parent?: ASTNode): void {
  refuseBadLiteral(node, parent, expression);
  refuseForeignCall(node);
  refuseField(node);
  refuseIndex(node);
  refuseTypes(node, expression);
  refuseChain(node, expression);
  refuseUnlike(node, expression);
  for (const child of childrenOf(node)) walk(child, expression, node);
}

/** Refuses a field that the library looks up when it evaluates, even where its type is known. */
function refuseField(node: ASTNode): void {
  if (node.op !== '.' && node.op !== '.?') return;
  const [object, field] = node.args;
  const fields = fieldsOf(object);
  if (fields && !Object.hasOwn(fields, field)) {
    throw new CelRefused(`there is no field ${field}`, node, nearest(field, Object.keys(fields)));
  }
}

/** The fields of a node. Inside of has(), the library knows the type of only the first object. */
function fieldsOf(node: ASTNode): Fields | undefined {
  const type = typeOf(node);
  if (type || node.op !== '.') return namespaceFields(type);
  const outer = fieldsOf(node.args[0]) ?? {};
  const name = Object.hasOwn(outer, node.args[1]) ? (outer[node.args[1]] ?? '') : '';
  return NAMESPACE_TYPES[name];
}

function refuseIndex(node: ASTNode): void {
  if (node.op !== '[]' && node.op !== '[?]') return;
  const [object, index] = node.args.map(typeOf) as [Typed, Typed];
  if (namespaceFields(object)) throw new CelRefused('it has fields, and no index', node);
  const key = object?.keyType;
  if (key && ![kindOf(key), kindOf(index)].includes('dyn') && key.name !== index?.name) {
    throw new CelRefused(`its keys are of type ${key.name}`, node);
  }
}

/** Each type has a type of its own, which the library does not tell apart. */
function refuseTypes(node: ASTNode, expression: string): void {
  if (node.op !== 'list') return;
  const types = node.args.filter(one => typeOf(one)?.name === 'type');
  const texts = new Set(types.map(({ start, end }) => expression.slice(start, end)));
  if (texts.size > 1) throw new CelRefused('a list of types has one type', node);
}

/** `a ? b ? c : d : e`: the grammar of CEL requires brackets around a condition between `?` and `:`. */
function refuseChain(node: ASTNode, expression: string): void {
  if (node.op !== '?:') return;
  const [condition, between] = node.args;
  if (between.op !== '?:') return;
  const before = expression.slice(condition.end, between.start).replace(/\/\/[^\n]*/g, '');
  if (!before.includes('(')) {
    throw new CelRefused('put what stands between ? and : into brackets', between);
  }
}
