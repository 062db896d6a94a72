/** What a container sees of the kernel below it, from its standard output. */
export interface Transcript {
  /** `uname -r`, taken from `uname -a` or /proc/version. */
  readonly release: string | undefined;
  /** The lines of `uname -a` and /proc/version, which contain the build of the kernel. */
  readonly builds: readonly string[];
  /** /proc/cmdline, or what dmesg shows of it. */
  readonly commandLine: string | undefined;
  /** /proc/sys/kernel/random/boot_id, which changes whenever a kernel boots (random(4)). */
  readonly bootId: string | undefined;
  readonly mounts: readonly Mount[];
  /** The lines of dmesg, without their times. */
  readonly log: readonly string[];
  /** Disks in /dev from which a byte could be read. */
  readonly readableDisks: readonly string[];
  /** Disks in /dev from which nothing could be read. */
  readonly deadDisks: readonly string[];
}

export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: string;
}

/**
 * The script of a probe. Any shell with any of the usual tools will do; whatever one of them cannot show is missing. It
 * succeeds whatever fails, and writes nowhere.
 */
export const PROBE_SCRIPT = `exec 2>/dev/null
uname -a
cat /proc/version
echo "Kernel command line: $(cat /proc/cmdline)"
echo "boot id: $(cat /proc/sys/kernel/random/boot_id)"
cat /proc/mounts
dmesg | head -n 500
for disk in /dev/*; do
  [ -b "$disk" ] || continue
  if [ "$(head -c 1 "$disk" | wc -c)" -eq 1 ]; then echo "disk $disk is read"; else echo "disk $disk is dead"; fi
done
true
`;

/** The most characters of a transcript; that of a probe has some thousands. */
const MOST = 1_000_000;
/** The most characters of a line; the kernel's parameters and a mount's options take at most a page. */
const MOST_LINE = 4096;

const UNAME = /^Linux \S+ (\S+) #/;
const VERSION = /^Linux version (\S+) /;
const LOGGED = /^(?:<\d+>)?\[ *\d+\.\d+\](?:\[[^\]]*\])? ?(.*)$/;
const COMMAND_LINE = /^(?:Kernel c|C)ommand line: (.+)$/;
/** The output of a plain `cat /proc/cmdline`. */
const BARE_COMMAND_LINE = /(?:^|\s)(?:BOOT_IMAGE|root|console|init|panic)=\S/;
const BOOT_ID = /^(?:boot id: )?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const MOUNT_TABLE = /^(\S+) (\/\S*) (\S+) (\S+) \d+ \d+$/;
const MOUNT_PRINTED = /^(\S+) on (\/\S*) type (\S+) \(([^)]*)\)$/;
const DISK = /^disk (\S+) is (read|dead)$/;

/**
 * Reads the output of the probe's script, or any parts of it in any order: lines are recognized by their form, so that `uname
 * -a; cat /proc/version; dmesg` will do. All other lines are skipped.
 */
export function readTranscript(text: string): Transcript {
  const lines = text
    .slice(0, MOST)
    .split(/\r?\n/)
    .map(line => line.slice(0, MOST_LINE));
  const logged = lines.flatMap(line => LOGGED.exec(line)?.[1] ?? []);
  const said = lines.filter(line => !LOGGED.test(line));
  const builds = [...said, ...logged].filter(line => UNAME.test(line) || VERSION.test(line));
  return {
    release: first(builds, UNAME) ?? first(builds, VERSION),
    builds,
    commandLine:
      first(said, COMMAND_LINE) ??
      first(logged, COMMAND_LINE) ??
      said.find(line => !mountOf(line) && BARE_COMMAND_LINE.test(line)),
    bootId: first(said, BOOT_ID),
    mounts: said.flatMap(line => mountOf(line) ?? []),
    log: logged,
    ...disksOf(said),
  };
}

function first(lines: readonly string[], pattern: RegExp): string | undefined {
  for (const line of lines) {
    const found = pattern.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

function mountOf(line: string): Mount | undefined {
  const [, source, target, type, options] = MOUNT_TABLE.exec(line) ?? MOUNT_PRINTED.exec(line) ?? [];
  if (!source || !target || !type) return undefined;
  return { source, target, type, options: options ?? '' };
}

function disksOf(lines: readonly string[]): Pick<Transcript, 'readableDisks' | 'deadDisks'> {
  const found = lines.flatMap(line => {
    const [, disk, state] = DISK.exec(line) ?? [];
    return disk ? [{ disk, state }] : [];
  });
  return {
    readableDisks: found.filter(({ state }) => state === 'read').map(({ disk }) => disk),
    deadDisks: found.filter(({ state }) => state === 'dead').map(({ disk }) => disk),
  };
}
