/**
 * What expressions answer, in the engine and in the guard's evaluator (semantics.test.ts), and in a real API server
 * (test/e2e/cel.test.ts), which is the judge: where the library of the engine answers otherwise by itself, or might.
 *
 * `@hex` stands for the annotation of that name, `#port` for 80, an int of the Pod, and `any(…)` for what no checker
 * knows: what is only called dyn is converted when the policy is compiled.
 */

/** Whole numbers out of texts and of each other. */
const WHOLE = `
int(@twelve) == 12 // true
int(@plus) == 5 // true
int(@minus) == -5 // true
int(@zeros) == 12 // true
int(@least) < 0 // true
uint(@most) == 18446744073709551615u // true
uint(@zeros) == 12u // true
int(dyn(1.9)) == 1 // true
int(dyn(-1.9)) == -1 // true
int(dyn(7u)) == 7 // true
uint(dyn(7)) == 7u // true
uint(dyn(1.9)) == 1u // true
int(dyn(timestamp(7))) == 7 // true
timestamp(dyn(0)) == timestamp("1970-01-01T00:00:00Z") // true
timestamp(dyn(253402300799)) > timestamp(0) // true
int(timestamp(@nano) == timestamp(@nano) ? "1" : "0") == 1 // true
int(@empty) == 0 // error
int(@space) == 12 // error
int(@hex) == 16 // error
int(@binary) == 1 // error
int(@underscore) == 10 // error
int(@fraction) == 1 // error
int(@exponent) == 1000 // error
int(@over) > 0 // error
int(@accent) == 0 // error
int(any(1e19)) > 0 // error
int(any(9223372036854775808.0)) > 0 // error
int(any(-9223372036854775808.0)) < 0 // error
int(dyn(0.0) / 0.0) == 0 // error
int(any(9223372036854775808u)) > 0 // error
int(any(true)) == 1 // error
int(any(null)) == 0 // error
int(@absent) == 0 // error
uint(@empty) == 0u // error
uint(@plus) == 5u // error
uint(@minus) == 5u // error
uint(@hex) == 16u // error
uint(@beyond) > 0u // error
uint(any(-1)) == 0u // error
uint(any(-0.5)) == 0u // error
uint(any(18446744073709551616.0)) > 0u // error
timestamp(any(253402300800)) > timestamp(0) // error
timestamp(any(-62135596801)) < timestamp(0) // error
`;

/** Doubles, and texts out of numbers. */
const DOUBLES = String.raw`
double(@fraction) == 1.5 // true
double(@dot) == 1.0 // true
double(@exponent) == 1000.0 // true
double(@zeros) == 12.0 // true
double(@underscore) == 10.0 // true
double(@hexFloat) == 12.0 // true
double(@tiny) == 0.0 // true
double(@plus) == 5.0 // true
double(@infinite) > 1e308 // true
double(@nan) != double(@nan) // true
double(dyn(7)) == 7.0 // true
double(dyn(7u)) == 7.0 // true
string(dyn(1.0)) == '1' // true
string(dyn(123456.0)) == '123456' // true
string(dyn(1234567.0)) == '1.234567e+06' // true
string(dyn(0.0001)) == '0.0001' // true
string(dyn(0.00001)) == '1e-05' // true
string(dyn(-0.0)) == '-0' // true
string(double(@infinite)) == '+Inf' // true
string(double(@nan)) == 'NaN' // true
string(dyn(1e100)) == '1e+100' // true
string(dyn(0.1) + 0.2) == '0.30000000000000004' // true
string(dyn(18446744073709551615u)) == @most // true
string(#port) == '80' // true
string(int(@least)) == @least // true
string(dyn(true)) == 'true' // true
double(@empty) == 0.0 // error
double(@space) == 12.0 // error
double(@hex) == 16.0 // error
double(@binary) == 1.0 // error
double(@stray) == 1.5 // error
double(@huge) > 0.0 // error
double(@infi) > 0.0 // error
double(@signedNan) > 0.0 // error
double(@accent) == 0.0 // error
double(any(true)) == 1.0 // error
double(@nan) < 1.0 // error
#port >= double(@nan) // error
string(any(null)) == 'null' // error
string(any([1])) == '[1]' // error
string(bytes(@accent) + b'\xff') == @accent // error
`;

/** Cases about booleans, bytes and types. */
const OTHERS = String.raw`
bool(@t) // true
bool(dyn('t')) // true
!bool(dyn('F')) // true
!bool(dyn('False')) // true
bool(dyn('1')) // true
bool(dyn(true)) // true
size(bytes(@accent)) == 2 // true
bytes(@accent) == b'\xc3\x89' // true
string(bytes(@mixed)) == @mixed // true
string(b'\xef\xbb\xbfx') == @byteOrder // true
dyn(b'a') < dyn(b'b') // true
b'\303\211' == bytes(@accent) // true
type(dyn(1u)) == uint // true
type(#port) == int // true
type(@hex) == string // true
type(object.spec.containers) == list // true
type(object.metadata) == map // true
bool(@yes) // error
bool(any('tRUE')) // error
bool(@empty) // error
bool(any(1)) // error
string(any(b'\xff')) == '' // error
`;

/** Cases about times to the nanosecond, within years 1 to 9999, and as Go reads RFC 3339. */
const TIMES = `
timestamp(@leap) == timestamp("2024-02-29T10:00:00.5Z") // true
timestamp(@hour).getHours() == 1 // true
timestamp(@comma).getMilliseconds() == 500 // true
timestamp(@offset24) == timestamp("2023-12-31T00:00:00Z") // true
timestamp(@year1).getFullYear() == 1 // true
timestamp(@year9999).getFullYear() == 9999 // true
timestamp(@nano) > timestamp("2024-01-01T00:00:00Z") // true
timestamp(@nano) - duration('1ns') == timestamp('2024-01-01T00:00:00Z') // true
timestamp(@picos) - timestamp('2024-01-01T00:00:00Z') == duration('123456789ns') // true
timestamp(@leap).getHours() == 10 && timestamp(@leap).getHours('-10:30') == 23 // true
timestamp(@leap).getDate('+14:00') == 1 // true
timestamp(@leap).getDayOfYear() == 59 // true
timestamp(@leap).getDayOfYear('+14:00') == 60 // true
timestamp(@leap).getDayOfWeek() == 4 // true
timestamp(@leap).getMonth() == 1 && timestamp(@leap).getDayOfMonth() == 28 // true
timestamp(@leap).getFullYear('UTC') == 2024 // true
duration('1.5h').getMinutes() == 90 // true
duration('-1.5s').getSeconds() == -1 // true
duration('1h1ms').getMilliseconds() == 3600001 // true
duration('-0.1s') < duration('0s') // true
duration('1h') - duration('90m') == duration('-30m') // true
duration('.5us') == duration('500ns') // true
timestamp(@nano) - timestamp('2024-01-01T00:00:01Z') == duration('-999999999ns') // true
dyn(duration('1s')) != dyn(1) // true
timestamp(@nano) == timestamp(@nano) + duration('0') // true
dyn(timestamp(0)) in [timestamp(0)] // true
timestamp(@february) < timestamp(@leap) // error
timestamp(@noLeap) < timestamp(@leap) // error
timestamp(@hour24) < timestamp(@leap) // error
timestamp(@lower) < timestamp(@leap) // error
timestamp(@day) < timestamp(@leap) // error
timestamp(@offset25) < timestamp(@leap) // error
timestamp(@year0) < timestamp(@leap) // error
timestamp(@year10000) > timestamp(@leap) // error
timestamp(@empty) < timestamp(@leap) // error
timestamp(@year9999) + duration('1ns') > timestamp(@leap) // error
timestamp(@year1) - duration('2h') < timestamp(@leap) // error
timestamp(@year9999) - timestamp(@year1) > duration("1h") // error
duration('2562047h') + duration('1h') > duration('1h') // error
timestamp(any(1.5)) == timestamp(1) // error
dyn(timestamp(0)) < dyn(0) // error
`;

/** Cases about texts: by character, and of ASCII alone where it says so. */
const CHARACTERS = String.raw`
size(@pairs) == 3 // true
@pairs.size() == 3 // true
@pairs.substring(1) == 'a💥' // true
@pairs.substring(1, 2) == 'a' // true
@pairs.substring(3) == '' // true
@pairs.indexOf('a') == 1 // true
@pairs.indexOf('💥', 1) == 2 // true
@pairs.lastIndexOf('💥') == 2 // true
@pairs.lastIndexOf('💥', 1) == 0 // true
@pairs.lastIndexOf('') == 3 // true
@pairs.indexOf('', 2) == 2 // true
@pairs.indexOf('x') == -1 // true
@mixed.lastIndexOf('c', 4) == 4 // true
@pairs.split('') == ['💥', 'a', '💥'] // true
@pairs.split('', 2) == ['💥', 'a💥'] // true
@empty.split('') == [] // true
@empty.split(',') == [''] // true
@csv.split(',') == ['a', 'b', '', 'c'] // true
@csv.split(',', 2) == ['a', 'b,,c'] // true
@csv.split(',', 0) == [] // true
@csv.split(',', -1).size() == 4 // true
@csv.split(',', 9).join('+') == 'a+b++c' // true
@mixed.split('É').join() == 'aB💥c' // true
[].join('x') == '' // true
@accent.lowerAscii() == 'É' // true
@mixed.lowerAscii() == 'aÉb💥c' // true
@mixed.upperAscii() == 'AÉB💥C' // true
@kelvin.lowerAscii() == @kelvin // true
@noBreak.trim() == 'x' // true
@nextLine.trim() == 'x' // true
@wide.trim() == 'x' // true
@byteOrder.trim() == @byteOrder // true
@space.trim() == '12' // true
@line.trim() == 'a' // true
@private < @astral // true
@last < @astral // true
@astral > @private // true
@accent < @private // true
@mixed < 'b' // true
@empty < 'a' // true
@pairs <= @pairs // true
'💥' < '💥a' // true
@astral.matches('^.$') // true
@accent.matches('^.$') // true
@accent.matches('(?i)^é$') // true
@kelvin.matches('(?i)^k$') // true
@pairs.matches('^\\x{1F4A5}') // true
@mixed.contains('💥') // true
@pairs.startsWith('💥a') // true
@pairs.endsWith('a💥') // true
@accent + @astral == 'É💥' // true
@accent.matches('^\\pL$') // true
@line.matches('a$') // false
@noBreak.matches('^\\s') // false
@astral < @private // false
@accent in ["é"] // false
@mixed == @mixed.lowerAscii() // false
@pairs.substring(4) == "" // error
@pairs.substring(-1) == "" // error
@pairs.substring(2, 1) == "" // error
@pairs.substring(0, 4) == "" // error
@pairs.indexOf('a', -1) == 1 // error
@pairs.lastIndexOf('a', -1) == 1 // error
#port.trim() == "80" // error
@hex.contains(#port) // error
@hex.substring(@hex) == "" // error
[dyn('a'), dyn(1)].join() == 'a1' // error
#port < @hex // error
@hex + #port == "" // error
size(#port) == 2 // error
@hex.split(#port) == [] // error
`;

/** Numbers of several types, and the bounds of each. */
const MIXED = `
#port in [80u] // true
#port in [80.0] // true
80u in [#port] // true
80.0 in [#port] // true
!(#port in [80.5]) // true
#port in [dyn("80"), dyn(80u)] // true
dyn(80u) == dyn(80) // true
dyn(80u) == dyn(80.0) // true
[dyn(80u)] == [#port] // true
{'a': dyn(80u)} == {'a': #port} // true
[[dyn(1u)]] == [[dyn(1.0)]] // true
#port > 79u && #port < 80.5 && 80u <= #port // true
dyn(-1) < dyn(0u) // true
dyn(18446744073709551615u) > dyn(9223372036854775807) // true
dyn(9007199254740993) == dyn(9007199254740992.0) // true
dyn(9007199254740993) != dyn(9007199254740992) // true
dyn(9223372036854775807) == dyn(9223372036854775808.0) // true
{80: 'a'}[dyn(80u)] == 'a' // true
{80u: 'a'}[dyn(#port)] == 'a' // true
dyn(80.0) in {80: 'a'} // true
{80: 'a'}.exists(k, k == #port) // true
{1u: 2}.all(k, type(k) == uint) // true
!(dyn(1) in {'1': 'a'}) // true
!(dyn(true) in {'true': 'a'}) // true
{true: 'a'}[dyn(true)] == 'a' // true
{'constructor': 1}.size() == 1 // true
{'a': 1, 'a': 2}.a == 2 // true
!(dyn(null) in [dyn(0)]) // true
dyn(null) in [dyn(null)] // true
dyn([1]) in [[1]] // true
#port / 81 == 0 && -7 / dyn(2) == -3 // true
-7 % dyn(2) == -1 // true
dyn(7u) / 2u == 3u // true
([1u] + object.spec.containers).exists(c, c != 1u) // true
!(dyn(timestamp(@empty)) in []) // true
dyn(1.0) / 0.0 > 1e308 // true
#port in ["80"] // false
#port == "80" // false
dyn(1) == dyn(true) // false
dyn({}) == dyn([]) // false
double(@nan) in [double(@nan)] // false
[double(@nan)] == [double(@nan)] // false
-int(@least) > 0 // error
int(@least) / dyn(-1) > 0 // error
int(@least) % dyn(-1) == 0 // error
int(@least) - 1 < 0 // error
int(@least) * 2 < 0 // error
#port / 0 == 0 // error
#port % 0 == 0 // error
dyn(0u) - 1u == 0u // error
uint(@most) + 1u > 0u // error
uint(@most) * 2u > 0u // error
dyn(1u) / 0u == 0u // error
#port + 1u == 81u // error
#port + 1.0 == 81.0 // error
-dyn(1u) == 1u // error
-dyn(true) // error
dyn(1.0) % dyn(1.0) == 0.0 // error
#port in #port // error
@hex in @hex // error
1 in dyn(null) // error
dyn(null) < dyn(null) // error
dyn([1]) < dyn([2]) // error
dyn(true) + dyn(true) // error
object.spec.containers[dyn(0.5)].name == "" // error
object.spec.containers[?dyn(0.5)].hasValue() // error
object.spec.containers[?dyn("a")].hasValue() // error
object.spec.containers[-1].name == "" // error
object.spec.containers[?dyn(9223372036854775808u)].hasValue() // error
object.metadata.labels[?any(null)].hasValue() // error
object.metadata.labels[any([1])] == '' // error
`;

/** Cases about fields that are no fields of what they are looked for in. */
const FIELDS = `
@hex.?x.orValue(1) == 1 // true
#port.?x.orValue(1) == 1 // true
object.?nobody[?@absent].orValue(1) == 1 // true
object.?nobody.x.y.orValue(1) == 1 // true
has(object.?metadata.name) // true
optional.of(object.metadata).name.value() == object.metadata.name // true
dyn(object.?nobody) == dyn(object.?other) // true
dyn(object.?metadata) == dyn(optional.of(object.metadata)) // true
dyn(object.?metadata) != dyn(object.metadata) // true
has(object.metadata.name.x) // false
has(object.?nobody.x) // false
has(object.metadata.labels.x) // false
object.spec.containers.?name.orValue("x") == "x" // error
has(object.spec.containers.name) // error
object.spec.containers.name == "x" // error
@hex.x == "" // error
@hex[0] == "0" // error
has(object.nobody.x) // error
has(object.metadata.name.x.y) // error
object.?spec.?containers.?name.hasValue() // error
object.?metadata.value().nobody == 1 // error
`;

/** The library walks any object. */
const WALKS = `
{'a': 1}.exists(k, k == 'a') // true
object.metadata.labels.exists(k, k == "a") // true
!{}.exists(k, true) // true
dyn(b'abc').exists(b, true) // error
dyn(timestamp(0)).all(t, false) // error
dyn(duration('1s')).all(t, false) // error
dyn(object.?metadata).all(o, false) // error
dyn(object.?nobody).all(o, false) // error
dyn(1u).all(u, false) // error
@hex.all(c, false) // error
#port.exists(p, true) // error
dyn(null).all(n, true) // error
dyn(b'abc').map(b, 1) == [1] // error
`;

/** A map's keys come in any order: what is the same in each. */
const ORDER = `
object.metadata.labels.filter(k, k == 'a').size() == 1 // true
'a' in object.metadata.labels.map(k, k) // true
object.metadata.labels.map(k, k).exists(k, k == "n.io/b") // true
size(object.metadata.labels.map(k, k) + ["x"]) > 3 // true
object.metadata.labels.map(k, k).map(k, size(k)).all(n, n > 0) // true
{'a': 1}.map(k, k) == ['a'] // true
`;

type Answer = boolean | 'error';

const written = (expression: string): string =>
  expression
    .replace(/any\(([^()]*)\)/g, '[dyn($1)][0]')
    .replace(/@(\w+)/g, 'object.metadata.annotations.$1')
    .replaceAll('#port', 'object.spec.containers[1].ports[0].containerPort');

const answerOf = (text = ''): Answer => (text === 'error' ? text : text === 'true');

/** `expression // answer` on each line. */
const casesOf = (table: string): (readonly [expression: string, answer: Answer])[] =>
  table
    .trim()
    .split('\n')
    .map(line => line.split(' // '))
    .map(([expression = '', answer]) => [written(expression), answerOf(answer)]);

export const SEMANTICS = [WHOLE, DOUBLES, OTHERS, TIMES, CHARACTERS, MIXED, FIELDS, WALKS, ORDER].flatMap(
  casesOf,
);

/** What stays different, as docs/cel.md and docs/guard.md say: the engine, then the API server. */
export const DEVIATIONS: readonly (readonly [expression: string, here: Answer | 'refused', there: Answer])[] =
  [
    ['dyn(9007199254740993) in [9007199254740992.0]', true, false],
    ["string(dyn(timestamp(0))) == '1970-01-01T00:00:00Z'", 'refused', true],
    ["string(dyn(duration('90m'))) == '5400s'", 'refused', true],
    ["int(dyn(duration('1us'))) == 1000", 'refused', true],
    ['type(dyn(object.?spec)) == map', 'error', false],
    ['object.spec.containers[dyn(1u)].name == "two"', true, 'error'],
    ['object.spec.containers[dyn(1.0)].name == "two"', true, 'error'],
    ['object.spec.containers[?dyn(1u)].?name.orValue("") == "two"', true, 'error'],
    ['!(object.metadata.labels[?dyn(1)].hasValue())', true, 'error'],
  ];
