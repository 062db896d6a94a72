// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Compose.
import fc from 'fast-check';
import { type Alias, Document, type Pair, type Scalar, stringify, type YAMLMap } from 'yaml';

/*
Services of Compose files, each in all the forms in which one may write it: in the short and the long syntax of the
specification, as `docker compose config` prints it, and in the styles of YAML.
*/

/** A setting of a service. Its writings mean the same; the last is that of `docker compose config`. */
export interface Thing {
  readonly field: string;
  /** Matches the line on which a finding of it is reported. */
  readonly mark: RegExp;
  /** Items of a list, pairs of a map or a list of `key=value`, or the whole field. */
  readonly kind: 'item' | 'entry' | 'whole';
  readonly writings: readonly unknown[];
}

const whole = (field: string, ...writings: readonly unknown[]): Thing => ({
  field,
  kind: 'whole',
  mark: new RegExp(`\\b${field}\\b`),
  writings,
});
const item = (field: string, mark: RegExp, ...writings: readonly unknown[]): Thing => ({
  field,
  kind: 'item',
  mark,
  writings,
});
/** One pair, of a map or of a list of `key=value`. */
const entry = (field: string, key: string, value: string): Thing => ({
  field,
  kind: 'entry',
  mark: new RegExp(key.replaceAll('.', '\\.')),
  writings: [[key, value]],
});
const bound = (source: string, target: string) => ({ type: 'bind', source, target });
const bind = (mark: RegExp, source: string, absolute: string, target: string): Thing =>
  item(
    'volumes',
    mark,
    `${source}:${target}`,
    `${source}:${target}:ro`,
    `\${DATA:-${source}}:${target}`,
    `\${A:-\${B:-\${C:-${source}}}}:${target}:rw`,
    bound(source, target),
    { ...bound(absolute, target), read_only: true },
    { ...bound(absolute, target), bind: { create_host_path: true } },
  );

/** Settings each of which makes a service riskier. */
export const DANGERS: readonly Thing[] = [
  whole('privileged', true, 'true', 'yes', 'ON', '${P:-true}', '${P-${Q:-y}}', true),
  item('cap_add', /sys_admin/i, 'SYS_ADMIN', 'CAP_SYS_ADMIN', 'sys_admin', '${C:-SYS_ADMIN}', 'SYS_ADMIN'),
  item('cap_add', /net_raw/i, 'NET_RAW', 'cap_net_raw', 'NET_RAW'),
  item('cap_add', /all/i, 'ALL', 'all', 'ALL'),
  whole('network_mode', 'host', '${N:-host}', 'service:hosted', 'container:shop-hosted-1', 'host'),
  whole('pid', 'host', '${N-host}', 'service:hosted', 'host'),
  whole('ipc', 'host', 'service:hosted', 'host'),
  item('security_opt', /seccomp/, 'seccomp=unconfined', 'seccomp:unconfined', 'seccomp=unconfined'),
  item('security_opt', /apparmor/, 'apparmor=unconfined', 'apparmor:unconfined', 'apparmor=unconfined'),
  item('security_opt', /label/, 'label=disable', 'label:disable', 'label:disable'),
  item('security_opt', /system/, 'systempaths=unconfined'),
  bind(/\/etc/, '/etc', '/etc', '/host'),
  bind(/\/srv/, '/srv/x', '/srv/x', '/more'),
  bind(/docker\.sock/, '/var/run/docker.sock', '/var/run/docker.sock', '/sock'),
  bind(/(\.\.|\/root)/, '../../../root', '/root', '/home'),
  item('volumes', /outside/, 'outside:/o', 'outside:/o:ro', {
    type: 'volume',
    source: 'outside',
    target: '/o',
    volume: {},
  }),
  item('volumes', /off/, 'off:/f', { type: 'volume', source: 'off', target: '/f' }),
  item('volumes', /alike/, 'alike:/e:ro', { type: 'volume', source: 'alike', target: '/e', volume: {} }),
  item('volumes_from', /hosted/, 'hosted', 'container:shop-hosted-1', 'hosted:ro', 'hosted'),
  item('devices', /sda/, '/dev/sda', '/dev/sda:/dev/sdb:rwm', {
    source: '/dev/sda',
    target: '/dev/sda',
    permissions: 'rwm',
  }),
  item('device_cgroup_rules', /10:200/, 'c 10:200 rwm'),
  entry('sysctls', 'kernel.msgmax', '1'),
  entry('annotations', 'dev.gvisor.flag.debug', 'true'),
  whole('use_api_socket', true, 'true', true),
  item(
    'secrets',
    /shadow/,
    'shadow',
    { source: 'shadow' },
    { source: 'shadow', target: '/run/secrets/shadow' },
  ),
];

/** Settings that change no verdict by themselves, or make a service less risky. */
const OTHERS: readonly Thing[] = [
  item('volumes', /data/, './data:/d', bound('./data', '/d'), bound('/home/me/shop/data', '/d')),
  item(
    'volumes',
    /own/,
    'own:/v',
    { type: 'volume', source: 'own', target: '/v' },
    { type: 'volume', source: 'own', target: '/v', volume: {} },
  ),
  item('cap_drop', /all/i, 'ALL', 'all', 'ALL'),
  item(
    'security_opt',
    /privileges/,
    'no-new-privileges',
    'no-new-privileges:true',
    'no-new-privileges=true',
    'no-new-privileges:true',
  ),
  whole('user', 1000, '1000', '1000:1000', '1000'),
  whole('mem_limit', '1g', 1073741824, '1073741824'),
  whole('cpus', 1.5, '1.5', 1.5),
  whole('tmpfs', '/run', ['/run'], ['/run']),
  whole('command', 'run it', ['run', 'it'], ['run', 'it']),
  whole('read_only', true),
  whole('build', '.', { context: '.' }, { context: '/home/me/shop', dockerfile: 'Dockerfile' }),
  item('ports', /80/, '80:80', 80, { mode: 'ingress', target: 80, published: '80', protocol: 'tcp' }),
  entry('environment', 'NAME', 'a # no comment'),
  entry('labels', 'traefik.enable', 'true'),
  entry('labels', 'cofferdam.dev/risk', 'high'),
  entry('sysctls', 'net.ipv4.tcp_syncookies', '1'),
  whole('x-cofferdam-risk', 'medium'),
];

export interface Service {
  readonly things: readonly Thing[];
}

/** A field occurs once, except lists and maps, whose parts occur in any order. */
const together = (things: readonly Thing[]): readonly Thing[] => {
  const seen = new Set<string>();
  return things.filter(({ field, kind }) => {
    const isFirst = !seen.has(field);
    if (kind === 'whole') seen.add(field);
    return isFirst;
  });
};

export const arbitraryService: fc.Arbitrary<Service> = fc
  .record({
    dangers: fc.subarray([...DANGERS], { maxLength: 3 }),
    others: fc.subarray([...OTHERS], { maxLength: 6 }),
  })
  .chain(({ dangers, others }) =>
    fc.shuffledSubarray([...dangers, ...others], { minLength: dangers.length + others.length }),
  )
  .map(things => ({ things: together(things) }));

/** The service with one more setting. */
export const withOne = ({ things }: Service, thing: Thing, at: number): Service | undefined => {
  if (thing.kind === 'whole' ? things.some(({ field }) => field === thing.field) : things.includes(thing))
    return undefined;
  const where = at % (things.length + 1);
  return { things: [...things.slice(0, where), thing, ...things.slice(where)] };
};

export const STYLES = [
  'block',
  'block, lists not indented',
  'flow',
  'JSON',
  'in quotes',
  'merged',
  'merged twice',
  'aliases',
  'config',
] as const;

export interface Writing {
  readonly style: (typeof STYLES)[number];
  /** The choices among the writings of each setting. */
  readonly choices: readonly number[];
  readonly isOfWindows: boolean;
  readonly isMap: boolean;
}

export const arbitraryWriting: fc.Arbitrary<Writing> = fc.record({
  style: fc.constantFrom(...STYLES),
  choices: fc.array(fc.nat({ max: 60 }), { minLength: 10, maxLength: 10 }),
  isOfWindows: fc.boolean(),
  isMap: fc.boolean(),
});

/** The fields of a service, as they are written. */
function fieldsOf({ things }: Service, { style, choices, isMap }: Writing): Record<string, unknown> {
  const fields: Record<string, unknown> = { image: 'shop/web:1' };
  things.forEach(({ field, kind, writings }, i) => {
    const one =
      style === 'config' ? writings.at(-1) : writings[(choices[i % choices.length] ?? 0) % writings.length];
    if (kind === 'whole') fields[field] = one;
    else if (kind === 'item') fields[field] = [...((fields[field] as unknown[] | undefined) ?? []), one];
    else {
      const [key, value] = one as [string, string];
      if (isMap || style === 'config')
        fields[field] = { ...(fields[field] as object | undefined), [key]: value };
      else fields[field] = [...((fields[field] as unknown[] | undefined) ?? []), `${key}=${value}`];
    }
  });
  return fields;
}

const HOSTED = {
  image: 'shop/hosted:1',
  network_mode: 'host',
  pid: 'host',
  ipc: 'host',
  volumes: ['/etc/ssh:/keys'],
};
const ROOT = { type: 'tmpfs', o: 'bind', device: '/root' };
const REST = {
  volumes: {
    own: null,
    outside: { driver_opts: ROOT },
    off: { driver_opts: ROOT },
    alike: { name: 'shop_outside' },
  },
  secrets: { shadow: { file: '/etc/shadow' } },
};

/** Lines are not broken, and strings that YAML 1.1 would take for true or for a number are in quotes. */
const COMMON = {
  lineWidth: 0,
  blockQuote: false,
  version: '1.1',
  merge: true,
  aliasDuplicateObjects: false,
} as const;

/** The text of a Compose file with this service as `web`, between others. */
export function composeText(service: Service, writing: Writing): string {
  const text = styled(fieldsOf(service, writing), writing);
  return writing.isOfWindows ? text.replaceAll('\n', '\r\n') : text;
}

function styled(fields: Record<string, unknown>, { style }: Writing): string {
  const file = (web: unknown) => ({
    services: { before: { image: 'shop/before:1' }, web, hosted: HOSTED },
    ...REST,
  });
  switch (style) {
    case 'JSON':
      return `${JSON.stringify(file(fields), null, 2)}\n`;
    case 'flow':
      return FRONT + stringify(file(fields), { ...COMMON, collectionStyle: 'flow' });
    case 'in quotes':
      return FRONT + commented(stringify(file(fields), { ...COMMON, defaultStringType: 'QUOTE_SINGLE' }));
    case 'block, lists not indented':
      return FRONT + commented(stringify(file(fields), { ...COMMON, indentSeq: false }));
    case 'merged':
    case 'merged twice':
      return FRONT + commented(merged(fields, style === 'merged twice'));
    case 'aliases':
      return FRONT + commented(aliased(fields));
    case 'config':
      return stringify({ name: 'shop', ...file(fields) }, { ...COMMON, sortMapEntries: true });
    case 'block':
      return FRONT + commented(stringify(file(fields), COMMON));
  }
}

const FRONT = '# The shop: privileged, pid: host\n';

/** Half of the fields stand in an extension and come in by a merge key, or by a list of them. */
function merged(fields: Record<string, unknown>, isTwice: boolean): string {
  const entries = Object.entries(fields);
  const [first, second, own] = [0, 1, 2].map(part =>
    Object.fromEntries(entries.filter((_, i) => i % 3 === part)),
  );
  const bases = isTwice ? { 'x-first': first, 'x-second': second } : { 'x-first': { ...first, ...second } };
  const document = new Document({ ...bases, ...fileOf(own) }, COMMON);
  const aliases = Object.keys(bases).map(name => aliasOf(document, [name], name.slice(2)));
  const web = document.getIn(['services', 'web'], true) as YAMLMap;
  const pair = document.createPair('<<', aliases.length > 1 ? aliases : aliases[0]) as unknown as Pair<
    Scalar,
    unknown
  >;
  web.items.unshift(pair);
  return document.toString(COMMON);
}

/** The lists and maps of the service stand in extensions. */
function aliased(fields: Record<string, unknown>): string {
  const lists = Object.entries(fields).filter(([, value]) => typeof value === 'object');
  const document = new Document({ 'x-lists': Object.fromEntries(lists), ...fileOf(fields) }, COMMON);
  for (const [name] of lists)
    document.setIn(['services', 'web', name], aliasOf(document, ['x-lists', name], name));
  return document.toString(COMMON);
}

function aliasOf(document: Document, path: readonly string[], anchor: string): Alias {
  return document.createAlias(document.getIn(path, true) as YAMLMap, anchor);
}

const fileOf = (web: unknown) => ({
  services: { before: { image: 'shop/before:1' }, web, hosted: HOSTED },
  ...REST,
});

/** Puts a comment above each field of a service, and one after its image. */
const commented = (text: string): string =>
  text.replace(/^services:\n( .*\n)+/m, services =>
    services
      .replaceAll(/^ {4}(?=[\w"'])/gm, (_, at) => `    # keep ${at}\n    `)
      .replaceAll(/^( {4}image: .*)$/gm, (line, _, at) => `${line} # keep b${at}`),
  );

/** The comments that were written. */
export const commentsOf = (text: string): readonly string[] => text.match(/# keep b?\d+/g) ?? [];
