// Loaded before a program of Node whose peak of memory is wanted (in MiB, in the file that USAGE names).
import { writeFileSync } from 'node:fs';

process.on('exit', () => writeFileSync(process.env.USAGE, String(process.resourceUsage().maxRSS / 1024)));
