import { type CelCase, ERROR, type Outcome, of } from './cel-case.ts';

/* Cases of the other parts of a policy: variables, conditions, the request, messages. */

const lazy = (is: Outcome, expression: string, variables: Record<string, string>): CelCase => ({
  is,
  expression,
  variables,
});

const VARIABLES: readonly CelCase[] = [
  lazy('holds', 'variables.fine', { broken: ERROR, fine: 'true' }),
  lazy('error', 'variables.broken', { broken: ERROR }),
  lazy('holds', 'variables.broken || true', { broken: ERROR }),
  lazy('holds', 'true || variables.broken', { broken: ERROR }),
  lazy('fails', 'variables.broken && false', { broken: ERROR }),
  lazy('holds', 'variables.twice == 4', { one: '2', twice: 'variables.one + variables.one' }),
  lazy('holds', '[1].exists(i, variables.one == i)', { one: '1' }),
  lazy('holds', 'variables.outer', { broken: ERROR, outer: 'variables.broken || true' }),
  lazy('error', '[1, 2].all(i, variables.broken)', { broken: ERROR }),
  lazy('holds', '[1, 2].exists(i, i == 2 || variables.broken)', { broken: ERROR }),
  lazy('refused', 'variables.later', { first: 'variables.later', later: 'true' }),
  lazy('refused', 'variables.nobody', {}),
  lazy('refused', "variables.number == 'a'", { number: '1' }),
  lazy('holds', "variables.list.filter(i, i != 'a') == ['b']", { list: "true ? ['a', 'b'] : []" }),
];

const under = (is: Outcome, expression: string, ...conditions: string[]): CelCase => ({
  is,
  expression,
  conditions,
});

const CONDITIONS: readonly CelCase[] = [
  under('unmatched', 'false', 'false'),
  under('fails', 'false', 'true', 'true'),
  under('error', 'true', ERROR),
  under('unmatched', 'false', ERROR, 'false'),
  under('unmatched', 'false', 'false', ERROR),
  under('error', 'true', 'true', ERROR),
  under('holds', 'true', `true || ${ERROR}`),
  under('refused', 'true', 'variables.nobody'),
  under('error', 'true', "namespaceObject.metadata.name != ''"),
  under('unmatched', 'false', "namespaceObject.metadata.name != ''", 'false'),
  under('unmatched', 'false', 'namespaceObject != null'),
  under('unmatched', 'false', "request.operation != 'CREATE'"),
  under('unmatched', 'false', 'oldObject != null'),
  under('fails', 'false', "request.operation != 'UPDATE' || oldObject.metadata.name == ''"),
  under('error', 'true', "oldObject.metadata.name == ''"),
];

const REQUEST: readonly CelCase[] = [
  ...of('holds', "request.operation == 'CREATE'", "request.resource.resource == 'pods'", 'oldObject == null'),
  ...of(
    'holds',
    "request.resource.group == ''",
    '!has(request.subResource)',
    'request.namespace == namespaceObject.metadata.name',
  ),
  ...of('holds', "namespaceObject.metadata.labels['kubernetes.io/metadata.name'] == request.namespace"),
  ...of('holds', 'request.userInfo.?groups.orValue([]).size() > 0', 'size(request.userInfo.username) > 0'),
  ...of('error', "oldObject.metadata.name == ''"),
];

const said = (says: string, message: string | undefined, messageExpression: string): CelCase => ({
  is: 'fails',
  expression: 'false',
  says,
  messageExpression,
  ...(message !== undefined && { message }),
});

const MESSAGES: readonly CelCase[] = [
  said('told: 2', 'plain', "'told: ' + string(size(object.spec.containers))"),
  said('plain', 'plain', "string(object.metadata.labels['nobody'])"),
  said('plain', 'plain', "'  '"),
  said('plain', 'plain', "'two\\nlines'"),
  said('trimmed', 'plain', "' trimmed '"),
  said('failed expression: false', undefined, "''"),
  { is: 'fails', expression: 'false', message: ' plain ', says: 'plain' },
  { is: 'refused', expression: 'false', message: 'plain', messageExpression: '1' },
  { is: 'refused', expression: 'false', message: 'plain', messageExpression: 'object.metadata.name' },
];

export const POLICY_CASES: readonly CelCase[] = [VARIABLES, CONDITIONS, REQUEST, MESSAGES].flat();
