/**
 * Expressions that are run through the loader (kubernetes.test.ts) and through a real API server (test/e2e/cel.test.ts),
 * which is to compile all that the loader takes.
 */

const nested = (open: string, inner: string, close: string, times: number): string =>
  open.repeat(times) + inner + close.repeat(times);

/** Both take them. */
export const TAKEN: readonly string[] = [
  // Quotes, brackets, comments and line breaks.
  `object.metadata.name == 'a\\'b"c'`,
  `object.metadata.name == "a//b) || (true"`,
  `'''a\n"b"''' == object.metadata.name`,
  `r'\\d)' == object.metadata.name`,
  'object.spec.priority > 1 // ) || (true',
  '// a rule\nobject.spec.priority > 1\r\n\t&& true',
  'true\n//',
  "object.metadata.name == '\\u00e9\\x41\\101'",
  "object.metadata.name == 'é\u{1F600}\u0000'",
  "object.metadata.labels['a/b'] == '}}'",
  // Names that CEL keeps for itself.
  'object.if == object.namespace',
  'object.a.exists(request, request == 1)',
  // Size and depth.
  `object.metadata.name == '${'x'.repeat(4000)}'`,
  nested('(', 'true', ')', 31),
  nested('!(false || ', 'true', ')', 31),
  nested('[', '1', ']', 31).concat('.size() == 1'),
  nested('object.a[', '0', ']', 10).concat(' == 1'),
  `${'object.a ? true : '.repeat(31)}true`,
  `${'true && '.repeat(249)}true`,
  `object${'.a'.repeat(31)} == 1`,
  `object.a in [${Array.from({ length: 200 }, (_, i) => `'v${i}'`).join(', ')}]`,
  'object.a.exists(x, object.b.exists(y, object.c.exists(z, x == y && y == z)))',
  // What is not known is of any type.
  'object.spec.hostNetwork',
  'object.a ? object.b : object.c',
  "object.a == null || object.a == 1 || object.a == 'a' || object.a == [] || object.a == {}",
  'object.a < 1.5 && object.a >= 1u',
  "object.a.indexOf('a') == 1 && object.a.indexOf('a', 1) == object.a.lastIndexOf('b')",
  "object.a.substring(1, 2).trim().lowerAscii().split(',', 2).join('-').startsWith(object.b)",
  'size(object.a) == object.a.size()',
  "int(object.a) == int('+5') && uint('5') == 5u && double('1e3') == 1000.0 && bool('t')",
  'type(object.a) == string || type(object.a) == type(1)',
  '-9223372036854775808 < 9223372036854775807 && 18446744073709551615u > 0x1Fu',
  "timestamp(object.a) - timestamp('2024-02-29T12:00:00.5+02:00') > duration('-1h30m1.5s')",
  "timestamp(object.a).getFullYear('UTC') == 2024 && duration('1h').getHours() == 1",
  "object.a.matches('(?i)^[[:word:]]+\\\\d{1,3}(?P<n>\\\\pN|\\\\x{10FFFF})$')",
  // Optionals.
  "object.?a.?b[?'c'].orValue('') == '' && object.a[?0].hasValue()",
  'object.?a.or(object.?b).value() == optional.of(1).orValue(2) || optional.none().hasValue()',
  // Literals of one type.
  "[[1], []].size() == 2 && [{}, {'a': 1}].size() == 2 && {1: 'a', 2: 'b'}[1] == 'a'",
  "[].all(x, x == 1) && {}.exists(k, k == 'a') && [1, 2,].map(x, x > 1, x * 2) == [4]",
  "['a', namespaceObject.metadata.name].exists(x, x == object.metadata.namespace)",
  // The Namespace, whose types are known.
  'namespaceObject == null || null != namespaceObject.metadata',
  "namespaceObject.metadata.labels['a'] == 'x' && namespaceObject.metadata.labels.a == 'x'",
  "namespaceObject.?metadata.?labels[?'a/b'].orValue('') == 'x'",
  "'a' in namespaceObject.metadata.labels && has(namespaceObject.metadata.labels.a)",
  "namespaceObject.metadata.labels.exists(k, k.startsWith('a') && namespaceObject.metadata.labels[k] == '')",
  "namespaceObject.metadata.name in ['a', 'b'] && namespaceObject.metadata.annotations == {}",
  "dyn(namespaceObject).spec.foo == 1 || namespaceObject.status.phase == 'Active'",
  'namespaceObject.metadata.deletionTimestamp == null',
  // Brackets tell what belongs together, and what has an order may be told.
  '!(!object.a) && -(-object.a) == 1 && !( // (\n !object.a)',
  'object.a == (object.b < object.c) && (object.a == object.b) == true && object.a < object.b == object.c',
  "object.a == ((object.b) < (object.c)) && object.a == (object.b in ['(', ')'])",
  "object.metadata.labels.map(k, k).size() == 1 && 'a' in object.metadata.labels.filter(k, true)",
  "object.spec.containers.map(c, c.name)[0] == 'a' && {'a': 1}.map(k, k) == ['a']",
  "object.metadata.labels.map(k, object.metadata.labels[k]).exists(v, v == 'a')",
  "timestamp(object.a).getHours('-05:30') == 1 && timestamp(object.a).getHours('UTC') == 1",
  "object.a == r'\\d' && object.a == '\\r\\n' && b'\\xc3\\xa9' == bytes(object.a)",
];

/** The API server refuses them, and so does the loader: by what, in its words. */
export const REFUSED: readonly (readonly [expression: string, message: string])[] = [
  // What is not offered to rules.
  ['variables.x == 1', 'Unknown variable: variables at 1:1'],
  ['params.x == 1', 'Unknown variable: params at 1:1'],
  ['pod.spec.hostNetwork', 'Unknown variable: pod at 1:1'],
  ['object.spec.priority > 1) || (true', "Unexpected character: ')' at 1:25"],
  ['true; true', 'Unexpected character: ;'],
  ["object.a == 'a\nb'", 'Newlines not allowed in single-quoted strings'],
  ["object.a == '\\q'", 'Invalid escape sequence'],
  ['object.a ? object.b ? true : false : true', 'put what stands between ? and : into brackets at 1:12'],
  [
    'object.a ? // (\n object.b ? true : false : true',
    'put what stands between ? and : into brackets at 2:2',
  ],
  // Functions.
  ['object.a.nope(1)', 'there is no function nope() at 1:10'],
  ["object.metadata.name.reverse() == 'a'", 'there is no function reverse() at 1:22'],
  ["b'a'.hex() == 'a'", 'Kubernetes has no function hex() here at 1:1'],
  ["b'a'.base64() == 'a'", 'Kubernetes has no function base64() here at 1:1'],
  ["object.a.exists(x, b'a'.at(0) == x)", 'Kubernetes has no function at() here at 1:20'],
  ['object.a.startsWith(1)', 'startsWith() takes no int here at 1:21'],
  ["object.a.substring('a') == 'b'", 'substring() takes no string here at 1:20'],
  ["object.a.split(',', '1') == []", 'split() takes no string here at 1:21'],
  ['object.a.contains(true)', 'contains() takes no bool here at 1:19'],
  ['object.a.getFullYear(1) == 2024', 'getFullYear() takes no int here at 1:22'],
  // Results and types.
  ["'a'", 'it is of type string, not bool'],
  ['namespaceObject.metadata.name', 'it is of type string, not bool'],
  ["object.a ? namespaceObject.metadata.name : 'a'", 'it is of type string, not bool'],
  ['1 == 1.0', 'no such overload: int == double'],
  ['object.a.trim() == 1', 'no such overload: string == int'],
  ["[1, 'a'].size() == 2", "expected type 'int' but found 'string' at 1:5"],
  ["object.a in ['a', object.b]", "expected type 'string' but found 'dyn' at 1:26"],
  ["{'a': 1, 'b': 'c'}.a == 1", "expected type 'int' but found 'string'"],
  ['[object.a, null].size() == 2', "expected type 'dyn' but found 'null'"],
  ['type(object.a) in [string, int]', 'a list of types has one type at 1:19'],
  ["{'a': 1}[1] == 1", 'its keys are of type string'],
  // The Namespace.
  ['namespaceObject.kind == 1', 'No such key: kind'],
  ["namespaceObject.metadata.uid == 'a'", 'No such key: uid'],
  ['has(namespaceObject.metadata.foo)', 'there is no field foo'],
  ['namespaceObject.?metadata.?foo.hasValue()', 'there is no field foo'],
  ["namespaceObject['metadata'].name == 'x'", 'it has fields, and no index'],
  ['namespaceObject.metadata.labels.a == 1', 'no such overload: string == int'],
  ['namespaceObject.metadata.labels == null', 'no such overload: map<string, string> == null'],
  ['namespaceObject.metadata.?labels.?a.orValue(1) == 1', 'optional.orValue(value)'],
  ['size(namespaceObject) == 1', "found no matching overload for 'size(Namespace)'"],
  ["'a' in namespaceObject.metadata", 'no such overload: string in NamespaceMetadata'],
  ['namespaceObject.metadata.exists(k, true)', 'at 1:1'],
  // What is read beforehand.
  ['9223372036854775808 > 0', 'this number does not fit into 64 bits at 1:1'],
  ['-(9223372036854775808) < 0', 'this number does not fit into 64 bits at 1:3'],
  ["timestamp('2024-02-30T00:00:00Z') == timestamp(object.a)", 'timestamp() cannot read this at 1:11'],
  ["timestamp('2024-01-01') == timestamp(object.a)", 'timestamp() cannot read this at 1:11'],
  ["duration('1d') == duration('1s')", 'duration() cannot read this at 1:10'],
  ["duration('2562048h') == duration('1s')", 'duration() cannot read this at 1:10'],
  ["int('1.5') == 1", 'int() cannot read this at 1:5'],
  ['int(1e30) == 1', 'int() cannot read this at 1:5'],
  ['uint(-1) == 1u', 'uint() cannot read this at 1:6'],
  ["double('1e400') == 1.0", 'double() cannot read this at 1:8'],
  ["bool('yes')", 'bool() cannot read this at 1:6'],
  ["string(b'\\xff') == 'a'", 'string() cannot read this at 1:8'],
  ["object.a.matches('(?=a)')", 'at 1:18'],
  ["object.a.matches('a{1001}')", 'at 1:18'],
  ["bool(dyn('tRUE'))", 'bool() cannot read this at 1:6'],
  ['int(dyn(true)) == 1', 'int() cannot read this at 1:5'],
  ['int(string(1.5)) == 1', 'int() cannot read this at 1:5'],
  ['object.a.exists(__result__, __result__ == 1)', '__result__ cannot be a variable at 1:17'],
  // Another grammar.
  ['0X1F == object.a', 'write 0x at 1:1'],
  ['!-object.a', 'put the second of two signs into brackets at 1:2'],
];

/** The API server takes them, and would answer otherwise, or not always the same; the loader refuses them. */
export const UNLIKE: readonly (readonly [expression: string, message: string])[] = [
  ['!!object.a', 'put the second of two signs into brackets at 1:2'],
  ["--object.metadata.name == 'a'", 'put the second of two signs into brackets at 1:2'],
  ['! // (\n !object.a', 'put the second of two signs into brackets at 2:2'],
  ['object.a == object.b < object.c', 'put what is compared into brackets at 1:13'],
  ["object.a != 'a' in object.b", 'put what is compared into brackets at 1:13'],
  ['(object.a) == (object.b) < (object.c)', 'put what is compared into brackets at 1:16'],
  ["object.a == size('(') < object.c", 'put what is compared into brackets at 1:13'],
  ['object.a < object.b == object.c < object.d', 'put what is compared into brackets at 1:24'],
  ["object.a == '''a\r\nb'''", 'write a carriage return as \\r at 1:13'],
  ["bytes(object.a) == b'\u00e9'", 'write bytes beyond ASCII as \\x at 1:20'],
  ["object.a == r'\\' // '", 'a backslash before its quote ends a raw text at 1:13'],
  ["object.metadata.labels.map(k, k)[0] == 'a'", 'the keys of a map have no order at 1:1'],
  ["object.metadata.?labels.orValue({}).filter(k, k != 'a')[?0].hasValue()", 'have no order at 1:1'],
  ["(object.metadata.labels.map(k, k) + ['a']).join() == 'a'", 'have no order at 1:2'],
  ["object.metadata['labels'].map(k, k) == ['a', 'b']", 'have no order at 1:1'],
  [
    "object.spec.containers.exists(c, c.resources.limits.map(k, k).map(k, k)[0] == 'cpu')",
    'have no order at 1:34',
  ],
  ["(object.a ? object.metadata.labels.filter(k, true) : ['a'])[0] == 'a'", 'have no order at 1:2'],
  ["{'a': 1, 'b': 2}.map(k, k)[0] == 'a'", 'have no order at 1:1'],
  ["namespaceObject.metadata.labels.map(k, k)[0] == 'a'", 'have no order at 1:1'],
  ["timestamp(object.a).getHours('Europe/Berlin') == 1", 'a time zone is a literal'],
  ["timestamp(object.a).getHours('+1:00') == 1", 'a time zone is a literal'],
  ['timestamp(object.a).getHours(object.b) == 1', 'a time zone is a literal'],
];

/** The loader refuses them, by bounds and gaps of its own (docs/cel.md); the API server, of the newest versions at least, would not. */
export const OURS: readonly string[] = [
  "request.operation == 'CREATE'",
  'oldObject == null',
  "authorizer.path('/').check('get').allowed()",
  'object.metadata.name.matches(object.spec.hostname)',
  'object.a.exists(object, true)',
  "object.?a.optMap(v, v == 'public').orValue(false)",
  "quantity('1Gi').isGreaterThan(quantity('1Mi'))",
  "object.a.find('a') == 'a'",
  '[1, 2].sum() == 3',
  'sets.contains([1], [1])',
];
