// Loaded before programs of Node whose peak of memory is wanted: of the largest, in MiB, in the file that USAGE names.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const largest = Math.max(
    Number(readFileSync(process.env.USAGE, 'utf8')),
    process.resourceUsage().maxRSS / 1024,
  );
  writeFileSync(process.env.USAGE, String(largest));
});
